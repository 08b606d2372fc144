"""Addresses of administration."""

from __future__ import annotations

from django.urls import path

from portal.administration.pages import bounds, branches, invitations, policy, setup, staff, view_as, views

urlpatterns = [
    path("administration/", views.administration, name="administration"),
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/invite/", invitations.staff_invite, name="staff_invite"),
    path("staff/invitations/", invitations.invitation_list, name="invitation_list"),
    path("staff/invitations/<uuid:invitation_id>/send/", invitations.invitation_send, name="invitation_send"),
    path(
        "staff/invitations/<uuid:invitation_id>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"
    ),
    path("staff/<int:user_id>/", staff.staff_member, name="staff_member"),
    path("staff/<int:user_id>/role/", staff.staff_role, name="staff_role"),
    path("staff/<int:user_id>/limit/", bounds.limit_ask, name="limit_ask"),
    path("staff/<int:user_id>/act/<slug:act>/", staff.staff_act, name="staff_act"),
    path("staff/<int:user_id>/view/", view_as.view_as, name="view_as"),
    path("staff/view/end/", view_as.view_as_end, name="view_as_end"),
    path("ceilings/", bounds.ceiling_list, name="ceiling_list"),
    path("ceilings/new/", bounds.ceiling_ask, name="ceiling_ask"),
    path("branches/", branches.branch_list, name="branch_list"),
    path("branches/new/", branches.branch_add, name="branch_add"),
    path("branches/<int:branch_id>/", branches.branch_change, name="branch_change"),
    path("policy/", policy.policy_shown, name="policy"),
    path("policy/new/", policy.policy_ask, name="policy_ask"),
    path("policy/large-transfer/", policy.large_transfer_ask, name="large_transfer_ask"),
    path("invitation/", invitations.invitation_accept, name="invitation_accept"),
    path("setup/<str:token>/", setup.setup, name="setup"),
    path("invitation/<str:token>/", invitations.invitation_open, name="invitation_open"),
]
