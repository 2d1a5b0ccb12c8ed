"""Which test holds us to which report about another desk or library: `owner/repository#number`.

What nobody filed, and was found by reading, goes by the name of its function. Modules are
`test_<theme>.py` beside this one, and so are their tests.
"""

from collections.abc import Mapping
from typing import Final

REPORTS: Final[Mapping[str, Mapping[str, str]]] = {
    "opening_hours": {
        "chatwoot/chatwoot#13392": "a_response_is_missed_in_open_time_alone",
        "django-helpdesk escalate_tickets": "closed_days_make_a_due_time_later_and_never_earlier",
        "frappe/helpdesk#2075": "what_comes_on_a_closed_day_counts_from_the_next_opening",
        "glpi-project/glpi#22678": "an_hour_before_the_due_time_lies_in_the_morning_of_a_split_day",
        "osTicket/osTicket#6739": "only_the_chosen_weekdays_count",
        "osTicket/osTicket#6847": "lunch_closes_an_hour_and_not_the_day",
        "pandas-dev/pandas#16867": "eight_hours_over_a_holiday_end_on_the_day_after_it",
        "seatgeek/businesstime#13": "both_ends_may_lie_outside_hours",
        "seppemans/businesstimedelta#9": "holidays_in_another_zone_end_the_search",
        "zammad/zammad#2497": "hours_until_midnight_are_hours",
        "zammad/zammad#3180": "round_the_clock_loses_no_minute_at_midnight",
    },
    "changes_of_the_clock": {
        "fivetran/dbt_zendesk#25": "a_day_has_the_minutes_that_pass_on_it",
        "fivetran/dbt_zendesk#86": "hours_go_on_after_the_last_change_of_the_year",
        "fivetran/dbt_zendesk#144": "no_minute_is_open_twice_on_the_day_of_a_change",
        "Intrepidd/working_hours#26": "time_never_goes_backwards_in_the_repeated_hour",
        "Intrepidd/working_hours#44": "a_sum_leaves_no_residue",
        "Intrepidd/working_hours#46": "a_sum_leaves_no_residue",
        "lennym/moment-business-time#58": "an_hour_after_the_repeated_hour_is_an_hour_later",
        "zendesk/biz#35": "a_midnight_that_does_not_exist_ends_the_day_all_the_same",
        "zendesk/biz#36": "a_midnight_that_does_not_exist_ends_the_day_all_the_same",
        "zendesk/biz#37": "an_evening_that_ends_where_midnight_is_missing_meets_the_next_morning",
        "zendesk/biz#160": "in_casablanca_no_time_of_the_year_is_refused",
    },
    "holds": {
        "chatwoot/chatwoot#15024": "being_late_ends_with_the_answer",
        "frappe set_resolution_date": "the_wait_is_known_when_the_solution_is_judged",
        "frappe/erpnext#49414": "waiting_twice_at_once_counts_once",
        "frappe/erpnext#52489": "waiting_outside_hours_moves_nothing",
        "frappe/helpdesk#2449": "waiting_moves_the_due_time_and_not_the_receipt",
        "frappe/helpdesk#2484": "a_night_of_waiting_costs_its_open_hours",
        "frappe/helpdesk#3297": "being_late_is_counted_in_open_time",
        "frappe/helpdesk#3709": "being_late_stands_still_while_the_customer_is_waited_for",
        "frappe/helpdesk#3776": "solved_straight_from_waiting_the_wait_is_kept_in_any_agents_zone",
        "glpi-project/glpi#6902": "a_change_of_priority_keeps_the_wait",
        "glpi-project/glpi#9267": "the_time_it_was_solved_does_not_count",
        "glpi-project/glpi#10594": "a_weekend_of_waiting_costs_its_open_hours",
        "glpi-project/glpi#14937": "a_weekend_of_exclusion_moves_a_day_target_by_its_open_hours",
        "glpi-project/glpi#15605": "new_terms_keep_the_wait",
        "glpi-project/glpi#16383": "a_change_of_priority_keeps_the_wait",
        "glpi-project/glpi#23359": "the_time_it_was_solved_does_not_count",
        "osTicket/osTicket#5206": "a_reopened_ticket_goes_on_with_what_was_left_of_it",
        "zammad/zammad#188": "closing_and_reopening_again_and_again_adds_up",
        "zammad/zammad#2579": "when_it_was_solved_is_known_at_once",
        "zammad/zammad#4777": "when_it_was_solved_is_known_at_once",
    },
    "responses": {
        "chatwoot/chatwoot#10178": "thanks_after_the_end_are_owed_no_answer",
        "frappe/helpdesk#1643": "without_a_target_nothing_is_missed",
        "LanternOps/breeze#6691": "a_priority_given_later_has_its_own_due_time",
        "osTicket/osTicket-1.7#686": "after_a_miss_another_target_is_taken_and_nothing_rings_again",
        "zammad/zammad#904": "a_merged_ticket_rings_no_more",
        "zammad/zammad#1322": "what_a_customer_writes_on_the_portal_ends_the_wait",
        "zammad/zammad#1620": "a_public_answer_is_a_response_and_a_note_is_none",
        "zammad/zammad#3140": "who_was_answered_does_not_wait",
        "zammad/zammad#5177": "a_further_message_does_not_overrule_the_first_response",
    },
    "calendars_in_force": {
        "vacanza/holidays#331": "lisbons_own_day_closes_nobody_else",
        "zammad/zammad#390": "observances_are_not_days_off",
        "zammad/zammad#534": "an_edited_calendar_reaches_the_clocks_that_run_on_it",
        "zammad/zammad#1396": "a_calendar_without_hours_is_refused_before_a_ticket_can_meet_it",
        "zammad/zammad#4353": "what_is_no_longer_promised_rings_no_more",
    },
    "sweeps_and_notices": {
        "celery/django-celery-beat#558": "a_task_that_is_fired_several_times_does_its_work_once",
        "makeplane/plane#9602": "two_beats_send_one_mail",
        "zammad/zammad#2157": "people_are_told_at_the_opening_of_their_own_zone",
        "zammad/zammad#4432": "nobody_is_told_at_midnight",
    },
}
