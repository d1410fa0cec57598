from django.http import HttpResponse

def own_list(request, **kw):
    return HttpResponse('')

def detail(request, **kw):
    return HttpResponse('')

def section(request, **kw):
    return HttpResponse('')
