from django.http import HttpResponse

def review(request, **kw):
    return HttpResponse('')

def file(request, **kw):
    return HttpResponse('')

def withdraw(request, **kw):
    return HttpResponse('')

def deposit(request, **kw):
    return HttpResponse('')

def assembled(request, **kw):
    return HttpResponse('')

def receipt(request, **kw):
    return HttpResponse('')

def answer_request(request, **kw):
    return HttpResponse('')
