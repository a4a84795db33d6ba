from django.http import HttpResponse


def licences(request): return HttpResponse()
def licence(request, licence_id): return HttpResponse()
def licence_override(request, licence_id): return HttpResponse()
