from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [
        ("signin", "0003_factors"),
        ("audit", "0002_trail"),
        ("django_otp_webauthn", "0004_webauthnuserhandle"),
    ]
    operations = [
        watch("signin_authenticatorapp", redact=["secret"]),
        watch("signin_sentcode", redact=["token"]),
        watch("signin_recoverycode", redact=["code_hash"]),
        watch("signin_transactionpin", redact=["pin"]),
        watch("signin_largetransfer"),
        watch("django_otp_webauthn_webauthncredential"),
        append_only("signin_factorreset"),
        append_only("signin_largetransfer"),
    ]
