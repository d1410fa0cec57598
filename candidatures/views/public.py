from django.http import HttpResponse
from django.contrib.auth.decorators import login_not_required

@login_not_required
def home(request, **kw):
    return HttpResponse('')

@login_not_required
def call_list(request, **kw):
    return HttpResponse('')

@login_not_required
def call_detail(request, **kw):
    return HttpResponse('')

@login_not_required
def call_calendar(request, **kw):
    return HttpResponse('')

@login_not_required
def ask(request, **kw):
    return HttpResponse('')

@login_not_required
def asked(request, **kw):
    return HttpResponse('')

@login_not_required
def apply(request, **kw):
    return HttpResponse('')

class CallFeed:
    def __call__(self, request):
        return HttpResponse('')
