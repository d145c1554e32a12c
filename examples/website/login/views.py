"""The two pages of the login."""

from uuid import UUID

from django.contrib.auth import login
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from .codes import check_code, request_code
from .forms import CodeForm, PhoneForm

# The key of the session that has the ID of the code. Only the browser that asked can answer.
CODE_ID = 'login_code_id'
BACKEND = 'django.contrib.auth.backends.ModelBackend'


class PhoneView(FormView):
    """Ask for the phone number. The response is the same for every number."""

    template_name = 'login/form.html'
    form_class = PhoneForm
    success_url = reverse_lazy('code')

    def form_valid(self, form: PhoneForm) -> HttpResponse:
        """Send a code."""
        code_id = request_code(form.cleaned_data['number'])
        if code_id is not None:
            self.request.session[CODE_ID] = str(code_id)
        return super().form_valid(form)


@method_decorator(sensitive_post_parameters('code'), name='dispatch')
class CodeView(FormView):
    """Ask for the code."""

    template_name = 'login/form.html'
    form_class = CodeForm
    success_url = reverse_lazy('home')

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Log in, or show one error for a wrong, used and expired code."""
        code_id = self.request.session.get(CODE_ID)
        user = check_code(UUID(code_id), form.cleaned_data['code']) if code_id else None
        if user is None:
            form.add_error('code', 'This code is wrong or too old. You can ask for a new one.')
            return self.form_invalid(form)
        self.request.session.pop(CODE_ID)
        login(self.request, user, BACKEND)
        return super().form_valid(form)
