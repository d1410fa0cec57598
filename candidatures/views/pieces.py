from django.http import HttpResponse

def upload(request, **kw):
    return HttpResponse('')

def remove(request, **kw):
    return HttpResponse('')
