"""The list of protections: each with the test that proves it and the control that shows the test can turn red.

A control is a test of its own or the end of the same test; the word „control“ stands in it.
"""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]

# what is protected: (test, control); a control without a file is in the file of its test, "" means the same test
PROTECTIONS = {
    # rights
    "an action nobody was given is refused (403)": ("web/test_views.py::test_403_when_no_membership_gives_the_action", ""),
    "a row out of reach does not exist (404)": ("web/test_views.py::test_404_for_a_row_out_of_reach_looks_like_a_row_that_does_not_exist", ""),
    "nobody moves a row out of her own reach": ("web/test_views.py::test_a_row_may_not_be_moved_out_of_ones_own_scope", ""),
    "a denial beats every grant": ("departments/test_scope.py::test_a_hard_denial_beats_everything", ""),
    "rights and their reference model agree": ("departments/test_state_machine.py::test_rights_and_reference_never_differ", "test_negative_control_a_planted_fault_is_found"),
    "nobody grants more than she holds": ("administration/test_escalation.py::test_a_role_posted_by_hand_is_refused_and_logged", "test_negative_control_without_the_check_the_role_is_given"),
    "the last administrator stays": ("administration/test_escalation.py::test_no_date_takes_away_the_last_administrator", "test_negative_control_without_the_lock_and_check_the_last_one_goes"),
    "rights taken away do not come back with a release": ("administration/test_new_rights.py::test_only_what_the_role_never_had_is_offered", "test_without_looking_at_history_what_was_taken_away_would_come_back"),
    "internal matters of others leak nowhere": ("objects/test_leaks.py::test_an_outsider_finds_no_word_of_it_anywhere", "test_negative_control_a_hole_in_one_rule_is_found"),
    "no page of a role shows foreign contents": ("city/test_crawl.py::test_no_link_leads_to_an_error_and_nothing_foreign_appears", "test_the_canaries_are_there_for_somebody"),
    "a hidden column is neither shown nor filtered": ("web/test_saved_views.py::test_negative_control_without_the_column_check_the_hidden_one_would_show", ""),
    # the door
    "wrong passwords lock": ("accounts/test_lockout.py::test_the_sixth_attempt_is_locked_even_with_the_right_password", "test_negative_control_without_the_limit_the_right_password_still_opens"),
    "an unknown name is answered like a wrong password, in words and cost": ("accounts/test_login.py::test_every_refusal_costs_exactly_one_hash", ""),
    "idle and old sessions end": ("accounts/test_session.py::test_an_hour_without_a_click_ends_the_session", "test_negative_control_without_the_limits_it_would_live_on"),
    "a session ended elsewhere is over": ("accounts/test_open_sessions.py::test_one_other_device_is_signed_out_with_its_next_request", "test_negative_control_without_the_question_an_ended_session_lives_on"),
    "a demanded second factor is demanded": ("accounts/test_required_factor.py::test_nothing_but_the_set_up_opens_until_it_is_done", "test_negative_control_where_it_is_not_required_the_same_person_walks_in"),
    "a code counts once": ("accounts/test_required_factor.py::test_a_code_and_every_older_one_count_once", "test_negative_control_without_the_memory_a_code_counts_twice"),
    "a token the provider did not sign is refused": ("accounts/test_single_sign_on.py::test_a_token_that_the_provider_did_not_sign_is_refused", "test_negative_control_without_the_signature_check_a_forged_token_opens"),
    "a revoked key of a program opens nothing": ("web/test_access_keys.py::test_a_key_dies_with_its_date_its_owner_and_a_click", "test_control_without_the_look_at_the_end_a_revoked_key_would_open"),
    "secrets of calendars cannot be guessed": ("web/calendars/test_calendars.py::test_fetching_and_guessing_too_often_is_refused", "test_negative_control_without_the_counter_fetching_and_guessing_go_on"),
    # forms
    "a form from elsewhere is refused (CSRF)": ("house/test_errors.py::test_a_form_without_its_token_is_refused_in_german", "test_negative_control_without_the_check_the_form_would_pass"),
    "a draft from elsewhere is refused (CSRF)": ("web/test_drafts.py::test_a_draft_without_the_csrf_token_is_refused", ""),
    "every button demands its one-time token": ("web/test_once.py::test_every_post_demands_its_token_or_says_why_not", "test_negative_control_without_the_demand_every_view_acts"),
    "a form sent twice acts once": ("web/test_tokens.py::test_the_same_form_ten_times_creates_one_row_and_leads_to_the_same_place", "test_negative_control_without_the_memory_the_second_post_acts_too"),
    "nobody overwrites a colleague": ("web/test_at_once.py::test_two_people_saving_the_same_record_200_times_overwrite_nothing", "test_negative_control_without_the_version_one_overwrites_the_other"),
    "a step counts for what was on the page": ("web/test_at_once.py::test_a_step_is_refused_when_the_page_is_older_than_the_record", "test_negative_control_without_the_mark_an_old_page_would_act"),
    "drafts are their author's alone": ("web/test_drafts.py::test_negative_control_without_the_filter_by_person_others_would_read_it", ""),
    "drafts are limited in size, number and pace": ("web/test_drafts.py::test_limits", "test_negative_control_without_the_limits_everything_is_kept"),
    "a new record beside a field only for those who may": ("web/test_quick.py::test_who_may_not_create_is_not_offered_it", "test_negative_control_without_the_question_it_is_offered_to_those_who_may_not"),
    # many at once
    "a bulk run takes in only what the reader sees": ("web/test_bulk.py::test_ids_that_the_reader_cannot_see_are_not_taken_in", ""),
    "a bulk run asks for rights again while it acts": ("web/test_bulk.py::test_rights_are_asked_again_while_acting", ""),
    "a bulk run overruns no change made meanwhile": ("web/test_bulk.py::test_a_row_that_changed_since_the_preview_is_refused", "test_negative_control_without_the_version_check_the_changed_row_is_overrun"),
    "views are shared only with one's own or by right": ("web/test_saved_views.py::test_negative_control_without_the_narrowed_choices_anybody_shares_with_everybody", ""),
    "an import cannot double rows": ("web/imports/test_imports.py::test_rows_without_identity_are_taken_once_whatever_dies_and_whoever_repeats", "test_negative_control_without_the_checkpoint_rows_would_double"),
    "a job whose starter lost the right is refused": ("web/jobs/test_jobs.py::test_a_job_is_refused_when_the_rights_end_before_or_while_it_runs", "test_negative_control_without_the_check_the_withdrawn_right_would_not_be_noticed"),
    "an old attempt of a job commits nothing": ("web/jobs/test_jobs.py::test_a_stuck_job_is_taken_over_and_the_old_attempt_cannot_commit", "test_negative_control_without_the_token_the_old_attempt_would_commit"),
    # what leaves
    "an export stops when rights end": ("web/jobs/test_exports.py::test_rights_withdrawn_while_an_export_streams_break_it_off", "test_negative_control_without_the_question_everything_would_leave"),
    "no cell becomes a formula": ("web/test_lists.py::test_the_csv_export_is_exactly_the_filtered_list", ""),
    "every file that leaves is an event": ("house/test_downloads.py::test_a_file_leaves_one_event_and_a_page_none", "test_negative_control_without_the_middleware_a_file_leaves_unseen"),
    "files need the right to their record": ("web/files/test_rights.py::test_every_address_of_a_foreign_file_is_404_and_for_nobody_403", "test_negative_control_a_reach_without_the_target_shows_everything"),
    "mails hold no names": ("web/notices/test_digests.py::test_a_mail_holds_counts_numbers_and_links_only", ""),
    "one digest per period": ("web/notices/test_digests.py::test_a_run_that_died_is_taken_up_later_and_two_at_once_send_one", "test_without_the_claim_two_runs_send_two"),
    "no small number can be computed from a report": ("reports/test_disclosure.py::test_no_small_number_of_any_table_can_be_computed", "test_the_check_turns_red_when_nothing_may_be_hidden"),
    "answers carry their headers": ("house/test_headers.py::test_every_answer_is_hardened", ""),
    # what comes in
    "hostile files are refused": ("web/files/test_content.py::test_hostile_files_are_refused_with_a_german_sentence_and_leave_nothing", "test_negative_control_without_the_checks_the_same_files_come_through"),
    "viruses are refused": ("web/files/test_storing.py::test_the_scanner_refuses_eicar_and_lets_good_files_in", "test_negative_control_without_a_scanner_eicar_is_only_text"),
    "templates of letters take only allowed names": ("web/letters/test_letters.py::test_a_template_with_anything_but_allowed_names_is_refused", "test_negative_control_the_check_is_what_refuses"),
    # history
    "history cannot be changed": ("audit/test_history.py::test_a_raw_change_of_history_is_refused", "test_without_the_trigger_the_change_would_pass"),
    "an altered, missing or inserted row is found": ("audit/test_seals.py::test_an_altered_row_is_named", "test_without_comparing_rows_nothing_would_be_found"),
    "looking at social data is logged before anything is shown": ("web/test_read_log.py::test_what_cannot_be_logged_is_not_shown", ""),
    "logs hold no names": ("audit/test_log_hygiene.py::test_a_walk_over_pages_with_names_leaves_none_in_logs", "test_a_log_line_with_a_query_string_would_be_found"),
    "a GET writes nothing": ("house/test_headers.py::test_negative_control_the_client_finds_a_get_that_writes", ""),
    "an erasure is complete and the chain holds": ("administration/test_retention.py::test_erased_means_gone_from_rows_history_and_search_and_the_chain_still_verifies", "test_without_the_erased_rows_the_chain_would_not_verify"),
    "what was erased is erased again after a restore": ("administration/backup/test_round_trip.py::test_what_was_erased_after_the_backup_is_erased_again", "test_with_the_database_lost_the_list_tells_what_was_erased"),
    "nothing is replaced while SOE is running": (
        "administration/backup/test_round_trip.py::test_nothing_is_replaced_while_soe_is_running",
        "",
    ),
    "a damaged backup changes nothing": ("administration/backup/test_round_trip.py::test_a_damaged_backup_changes_nothing", "test_without_comparing_hashes_a_damaged_file_would_come_back"),
    "a disclosure holds one person only": ("administration/test_disclosure.py::test_all_of_one_person_and_nobody_else", "test_without_asking_whose_a_row_is_others_would_be_in_it"),
    "production refuses the demo city": ("house/test_settings.py::test_production_refuses_a_database_that_holds_the_demo_city", "test_negative_control_the_demo_itself_may_hold_it"),
}  # fmt: skip


@cache
def functions_of(file):
    text = (TESTS / file).read_text()
    return {node.name: ast.get_source_segment(text, node) for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}  # fmt: skip


def test_each_protection_has_its_test_and_its_control():
    for protection, (test, control) in PROTECTIONS.items():
        file, name = test.split("::")
        assert name in functions_of(file), protection
        assert "control" in functions_of(file).get(control or name, "").lower(), protection


def test_a_protection_without_control_is_noticed():
    """The control of this list: a test that only proves is not enough."""
    assert "control" not in functions_of("web/test_views.py")["test_only_declared_fields_can_be_changed"]
