from django.http import HttpResponse

def invitation(request, **kw):
    return HttpResponse('')

def team(request, **kw):
    return HttpResponse('')

def invite(request, **kw):
    return HttpResponse('')

def revoke(request, **kw):
    return HttpResponse('')

def change_role(request, **kw):
    return HttpResponse('')

def remove(request, **kw):
    return HttpResponse('')
