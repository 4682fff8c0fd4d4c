"""S27, the table: which guard, the expression that is it, what stands there when it is off, and the test that then fails.

A guard without a line here is one of which nobody has shown that its test would notice. When the code of a guard changes, its
line must follow: an expression that is not there exactly once is an error.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """One guard. `where`: module:function; `test`: FILE::TEST, with the beginning of its parameters where one of them will do."""

    name: str
    where: str
    old: str
    new: str
    test: str

    def is_for(self, node: str) -> bool:
        test, bracket, parameters = self.test.partition("[")
        return node.partition("[")[0] == test and (not bracket or parameters.rstrip("]") in node.partition("[")[2])


_ACCESS, _WEB, _PEOPLE, _API, _RES = "tests/access", "tests/web", "tests/people", "tests/api", "tests/resource"
_DELEGATION, _SIGN_IN, _RESET, _SESSIONS = (f"{_PEOPLE}/test_delegation.py", f"{_PEOPLE}/test_sign_in.py", f"{_PEOPLE}/test_reset_mail.py",
                                            f"{_WEB}/test_sessions.py")
_TOKENS, _ONCE, _WRITE, _START = f"{_API}/test_tokens.py", f"{_API}/test_once.py", f"{_RES}/test_write.py", f"{_PEOPLE}/test_first_start.py"
_CSRF = f"{_WEB}/test_csrf.py::test_no_unsafe_route_can_be_used_from_elsewhere"
_ALIVE = f"{_SESSIONS}::test_every_path_ends_the_other_sessions_with_the_next_request"
_IN = "crm_core."

MUTANTS = [Mutant(name, _IN + where, old, new, test) for name, where, old, new, test in (
    # rows: the gate, its scope and the wall
    ("scope of rows", "access.scope:Scope.clause", "if parts else _NO_ROW", "if False else sa.true()", f"{_ACCESS}/test_gate.py::test_get_agrees_with_the_scope_for_each_verb"),
    ("no scope, no row", "access.scope:Scope.clause", "if parts else _NO_ROW", "if parts else sa.true()", f"{_ACCESS}/test_gate.py::test_get_agrees_with_the_scope_for_each_verb"),
    ("whether a row lies in a scope", "access.scope:Scope.holds", "if self.everything:", "if True:", f"{_WRITE}::test_giving_a_record_away_needs_the_right_to_assign"),
    ("the gate puts the scope in", "access.gate:_narrow", "if scope is not None:", "if False:", f"{_ACCESS}/test_wall.py::test_lawful_and_only_hers[entities"),
    ("deleted rows are left out", "access.gate:_narrow", "if not with_deleted and is_record(model):", "if False:", f"{_ACCESS}/test_gate.py::test_deleted_rows_are_gone_unless_asked_for"),
    ("the house leaves deleted rows of plugins out", "access.gate:_living", "if classes else statement", "if False else statement", f"{_ACCESS}/test_gate.py::test_the_house_leaves_deleted_rows_of_plugins_out_unless_asked"),
    ("a bulk change meets its own verb", "access.gate:_narrow", "if further is not None:", "if False:", f"{_ACCESS}/test_gate.py::test_a_bulk_update_reaches_only_what_the_actor_may_update"),
    ("nobody asks nothing", "access.gate:_gate", 'raise NoActor("this session has no actor")', "return", f"{_ACCESS}/test_gate.py::test_nobody_asks_nothing"),
    ("the wall at the cursor", "data.wall:leak", "return _verdicts[sql]", "return None", f"{_ACCESS}/test_wall.py::test_a_verdict_is_remembered_by_text_and_forgotten_with_a_new_class"),
    ("the wall counts uses", "data.wall:_examine", "if uses > marks.get(table, 0):", "if not marks:", f"{_ACCESS}/test_wall.py::test_a_text_without_its_marks_is_seen"),
    ("nobody types a mark", "data.wall:_strip", 'else " "', "else found[0]", f"{_ACCESS}/test_wall.py::test_a_text_without_its_marks_is_seen"),
    ("a part follows its parent", "access.actor:Actor._find", "if parent is not None:", "if False:", f"{_ACCESS}/test_gate.py::test_a_part_is_seen_with_its_parent_and_changed_with_its_parent"),
    ("what one has given up is asked again", "access.actor:known_actor", '("actor", user_id, rights)', '("actor", user_id, max((k[2] for k in site.cache if k[:2] == ("actor", user_id)), default=0))', f"{_ACCESS}/test_gate.py::test_rights_taken_away_are_gone_with_the_next_piece_of_work"),
    # writing
    ("a verb needs its right", "resource.write:_may", "if wanted and not resource.may(verb):", "if False:", f"{_WRITE}::test_who_may_not_create_or_update_at_all_is_told_so"),
    ("only rows one may update", "resource.write:_before", "elif is_scoped(model):", "elif False:", f"{_WRITE}::test_a_row_outside_the_scope_is_not_there"),
    ("giving away needs its right", "resource.owners:check", "if not part and not assigns.holds(old):", "if False:", f"{_WRITE}::test_giving_a_record_away_needs_the_right_to_assign"),
    ("nothing is made for strangers", "resource.owners:check", "if not creates.holds(row) and", "if False and", f"{_WRITE}::test_a_record_lies_where_its_maker_may_create"),
    ("names that are not offered", "resource.write:_write", "if not row.keys() <= known:", "if False:", f"{_WRITE}::test_nothing_that_is_not_offered_can_be_assigned"),
    ("references are looked up", "resource.references:RefField.resolve", "{v: v for v in target.labels(ids)}", "{v: v for v in ids}", f"{_WRITE}::test_a_reference_to_what_is_hidden_deleted_or_not_there_is_not_found"),
    ("an old version is a conflict", "resource.write:_version", "if given is not None and", "if False and", f"{_WRITE}::test_a_stale_version_is_a_conflict_and_none_is_no_question"),
    ("an act needs its right", "resource.acts:run", "if not resource.may(name):", "if False:", f"{_RES}/test_byhand.py::test_an_action_runs_under_its_own_right"),
    ("deleting needs its right", "resource.removal:delete", 'if not resource.may("delete"):', "if False:", f"{_RES}/test_removal.py::test_deleting_needs_its_own_right_and_the_row_in_its_scope"),
    ("what others refer to stays", "resource.removal:_let_go", 'if field.on_delete == "refuse":', "if False:", f"{_RES}/test_removal.py::test_what_others_refer_to_refuses_to_go_until_they_are_gone"),
    ("undo leaves what others put to it", "resource.undo:_take_back", "or row.row_id in held", "", "tests/customers/test_taking_back.py::test_not_when_the_colleague_has_put_something_to_it_meanwhile[a contact"),
    ("undo asks the rights of now", "resource.undo:_allowed", "maker and state", "state", "tests/customers/test_taking_back.py::test_not_by_somebody_who_may_not_enter_any_now"),
    ("undo of a stranger's act", "resource.undo:known", "and not who.can(PERMISSION)", "and False", "tests/security/test_ids.py::test_a_foreign_id_is_like_one_that_is_not_there[POST /undo/#"),
    # fields
    ("hidden fields", "resource.resource:Resource.fields", "if rule is Rule.hidden:", "if False:", f"{_WRITE}::test_a_field_hidden_or_readonly_for_a_role_is_no_field_when_writing"),
    ("a title tells nothing hidden", "resource.seen:_titled", "row if isinstance(row, Seen) else Seen(resource, row)", "row", f"{_RES}/test_seen.py::test_a_title_that_reads_a_hidden_field_shows_nothing_of_it"),
    ("read-only fields", "resource.resource:Resource.fields", "if rule is Rule.readonly and not one.readonly:", "if False:", f"{_WRITE}::test_a_field_hidden_or_readonly_for_a_role_is_no_field_when_writing"),
    ("a rule binds", "access.actor:Actor.rule", "found = self.rules.get(resource, {}).get(name)", "found = None", f"{_RES}/test_listing.py::test_a_hidden_field_is_as_unknown_as_none"),
    ("a rule binds the search", "access.actor:Actor.rule", "found = self.rules.get(resource, {}).get(name)", "found = None", f"{_RES}/test_search.py::test_a_hidden_field_is_not_felt_by_searching"),
    # pages
    ("forgery: any", "web.csrf:check", "if request.method in SAFE:", "if True:", _CSRF),
    ("forgery: where it came from", "web.csrf:check", "if origin is not None and", "if False and", _CSRF),
    ("forgery: what the browser says", "web.csrf:check", 'not in ("same-origin", "none")', "in ()", _CSRF),
    ("forgery: the token of another", "web.csrf:valid", "bool(bound and given) and site().keys.verify(\"csrf\", bound, given)", "bool(given)", _CSRF),
    ("a route says who may enter", "access.doors:check_declared", "if missing:", "if False:", f"{_WEB}/test_access.py::test_a_route_without_declaration_stops_the_start"),
    ("strangers stay out", "web.access:enter", "if person is None:", "if person is None and False:", f"{_WEB}/test_access.py::test_every_other_route_is_closed_to_strangers"),
    ("a page needs its permission", "web.access:enter", 'if kind == "permission" and person.actor.can(detail):', 'if kind == "permission":', f"{_WEB}/test_access.py::test_a_permission_lets_in_those_who_have_it_and_nobody_else"),
    ("what is not known denies", "web.access:enter", 'raise Forbidden(_("Your roles do not include this."))', "return", f"{_WEB}/test_access.py::test_what_a_declaration_does_not_know_is_refused"),
    ("foreign host names", "web.guards:Hosts.trusts", "return found is not None and", "return True or", f"{_WEB}/test_guards.py::test_other_names_are_not"),
    ("thousands of fields", "web.guards:_Parser._parse_urlencoded", 'body.count(b"&") >= self.max_form_parts', "False", f"{_WEB}/test_guards.py::test_a_form_of_thousands_of_fields_is_refused"),
    ("a body in pieces", "web.guards:_Parser._parse_urlencoded", "stream.read(1)", "None", f"{_WEB}/test_guards.py::test_a_body_that_does_not_say_its_length_is_refused_beyond_the_limit_and_not_cut_there"),
    ("numbers that are none", "text.numbers:whole", "if text.isascii() and text.isdigit() and len(text) < 20", "if text.isdigit()", f"{_WEB}/test_odd_values.py::test_a_number_is_plain_digits_that_fit"),
    ("one is led back here only", "web.urls:safe_path", 'return "/"', "return target", f"{_SIGN_IN}::test_nobody_is_sent_to_another_site"),
    ("headers on every answer", "web.headers:Headers.__call__", "kept += self.always if not saved else self.of_files", "None", f"{_WEB}/test_headers.py::test_all_kinds_of_answer_carry_them"),
    ("nobody keeps a page", "web.headers:Headers.__call__", 'kept.append(("Cache-Control", "no-store"))', "None", f"{_WEB}/test_headers.py::test_all_kinds_of_answer_carry_them"),
    ("who was refused is written down", "web.errors:note_refusal", "if response.status_code == 403 and", "if False and", _CSRF),
    # signing in, sessions, passwords
    ("a wrong password", "features.people.services.signin:sign_in", "if account is None or not right:", "if account is None:", f"{_SIGN_IN}::test_what_is_wrong_is_never_said"),
    ("who was switched off", "features.people.services.signin:sign_in", "account.password_hash if account is not None and account.active else None", "account.password_hash if account is not None else None", f"{_SIGN_IN}::test_who_was_switched_off_does_not_come_in"),
    ("too many wrong ones", "access.ledgers:attempt", "if count > limits[key]:", "if False:", f"{_SIGN_IN}::test_after_ten_wrong_ones_in_ten_minutes_one_waits"),
    ("one address tries everybody", "features.people.services.signin:_limits", 'f"address:{network(address)}": PER_ADDRESS, ', "", f"{_SIGN_IN}::test_one_address_cannot_try_everybody"),
    ("a device that is known", "features.people.services.signin:device_known", "number == str(user_id) and", "", f"{_SIGN_IN}::test_the_mark_of_a_device_is_for_one_person_and_cannot_be_made_up"),
    ("unknown names cost the same", "access.passwords:verify", "stored or _nobody()", 'stored or ""', f"{_SIGN_IN}::test_an_unknown_name_costs_the_same_hashing"),
    ("weak passwords", "access.passwords:check_strength", "if fault:", "if False:", f"{_SIGN_IN}::test_weak_passwords_are_refused"),
    ("four hash at once", "access.passwords:hash_password", "with _slots:", "if True:", f"{_SIGN_IN}::test_at_most_four_hash_at_once"),
    ("a session ends with the password", "web.session:alive", "and row.epoch == epoch_of(row.password_hash, row.active)", "", _ALIVE),
    ("a session grows idle", "web.session:alive", "and now - row.seen_at < idle", "", f"{_SESSIONS}::test_staying_signed_in_is_for_a_week_of_silence_and_eight_hours_otherwise"),
    ("a session grows old", "web.session:alive", "and now - row.made_at < LONGEST", "", f"{_SESSIONS}::test_after_thirty_days_everybody_signs_in_again"),
    ("a planted session", "web.session:begin", '_end(conn, _sessions.c.digest == digest(flask.request.cookies.get(cookie_name(COOKIE), "")))', "None", f"{_SESSIONS}::test_signing_in_gives_a_new_session_and_ends_the_old_one"),
    ("signing out", "web.session:end", "_end(conn, _sessions.c.id == session_id)", "None", f"{_SESSIONS}::test_after_signing_out_a_copied_cookie_is_worth_nothing"),
    ("cookies out of reach", "web.session:set_cookie", "httponly=True", "httponly=False", f"{_SESSIONS}::test_the_cookie_is_for_scripts_and_other_sites_out_of_reach"),
    ("a link works once", "access.ledgers:_good", "_links.c.used_at.is_(None),", "", f"{_RESET}::test_the_link_arrives_and_sets_a_new_password_once"),
    ("a link grows old", "access.ledgers:_good", "_links.c.expires_at > clock.now(),", "", f"{_RESET}::test_the_link_grows_old_in_an_hour"),
    ("a password ends open links", "features.people.services.accounts:store_hash", "ledgers.void_links(user_id)", "None", f"{_RESET}::test_a_password_that_was_changed_meanwhile_ends_the_link"),
    ("asking for links is counted", "features.people.pages.password:_ask", "if tried.wait:", "if False:", f"{_RESET}::test_asking_is_counted"),
    ("the first administrator is the first", "features.people.services.accounts:first_administrator", "or anybody():", "or False:", f"{_START}::test_a_link_that_is_still_open_when_somebody_is_there_leads_nowhere"),
    ("headers of a mail", "kernel.outbound.mail:_one_line", 'mark if mark.isprintable() else " "', "mark", f"{_RESET}::test_a_name_cannot_add_headers"),
    ("links from the configured address", "features.people.services.accounts:address_of", "site().config.url", "__import__('flask').request.host_url", f"{_RESET}::test_the_host_of_the_request_never_gets_into_the_link"),
    # rights are given by who has them
    ("nobody gives more than he has", "access.delegation:exceeds", "if rules_everything(giver):", "if True:", f"{_DELEGATION}::test_a_supervisor_cannot_give_more_than_he_has"),
    ("grants of a role", "access.delegation:grant_exceeds", "if rules_everything(giver):", "if True:", f"{_DELEGATION}::test_a_role_gets_only_grants_that_its_editor_has"),
    ("somebody above one", "features.people.services.rights:guard", "if beyond:", "if False:", f"{_DELEGATION}::test_somebody_above_him_is_not_his_to_edit_though_he_sits_in_his_department"),
    ("somebody remains administrator", "features.people.services.rights:guard_last_administrator", "and not administrators()", "and False", f"{_DELEGATION}::test_somebody_remains_administrator"),
    ("the password once more", "access.delegation:require_proof", 'current_work().info.get("proved") is False', "False", f"{_DELEGATION}::test_after_ten_minutes_the_password_is_asked_again_and_what_was_typed_is_kept"),
    ("guessing it is counted", "features.people.services.signin:confirm", "if tried.wait:", "if False:", f"{_DELEGATION}::test_guessing_the_password_there_is_counted"),
    # the interface for programs
    ("no token, no answer", "api.door:_bearer", "if found is None:", "if False:", f"{_TOKENS}::test_without_a_good_token_nobody_enters"),
    ("scopes of a token", "access.actor:Actor._covered", "if self.token is None or", "if True or", f"{_TOKENS}::test_a_scope_limits_what_the_owner_may_do"),
    ("a token ends", "access.tokens:find", "if over or token.epoch != epoch_of(row.password_hash, row.active):", "if False:", f"{_TOKENS}::test_a_token_ends_at_once_even_when_the_database_is_changed_by_hand"),
    ("tokens make no tokens", "access.tokens:_not_by_token", 'if getattr(actor(), "token", None) is not None:', "if False:", f"{_TOKENS}::test_a_token_can_neither_make_nor_end_tokens"),
    ("guessing tokens", "api.door:_bearer", "if wait:", "if False:", f"{_TOKENS}::test_guessing_tokens_is_slowed_down_and_a_good_one_still_works"),
    ("deep JSON", "text.strict_json:_check_depth", "if depth > limit:", "if False:", f"{_API}/test_malformed.py::test_no_body_of_the_corpus_breaks_anything_or_leaves_a_trace"),
    ("half characters in JSON", "text.strict_json:_check_words", "and _BROKEN.search(value)", "and False", f"{_API}/test_malformed.py::test_no_body_of_the_corpus_breaks_anything_or_leaves_a_trace"),
    ("one key, one effect", "resource.once:_once", "if number is None:", "if False:", f"{_ONCE}::test_a_change_repeated_with_its_key_and_version_is_no_conflict"),
    ("one key, one request", "resource.once:_again", "if found.body_hash != wanted:", "if False:", f"{_ONCE}::test_the_same_key_for_another_body_is_refused"),
    ("a narrower token gets no kept answer", "api.routes:_once", 'if answer.again and not resource.may("read"):', "if False:", f"{_ONCE}::test_a_narrower_token_of_the_same_person_does_not_get_the_kept_record"),
    # deliveries, jobs, files, drafts, messages, tasks: each his own
    ("a delivery is made once", "kernel.claims:Claims.fenced", "if conn.execute(sa.update(self.table).where(ours).values(**values)).rowcount != 1:", "if conn.execute(sa.update(self.table).where(ours).values(**values)) is None:", "tests/kernel/test_jobs.py::test_a_worker_that_lost_its_lease_cannot_commit"),
    ("a delivery has its order", "kernel.claims:Claims._due", "if self.order_key:", "if False:", "tests/kernel/test_outbox.py::test_deliveries_of_one_record_keep_their_order_while_others_go_on"),
    ("files are their owner's", "kernel.files:fetch", "FileRow.owner_id == work.actor.user_id,", "", "tests/exchange/test_exporting.py::test_a_long_list_becomes_a_job_whose_file_only_its_owner_gets"),
    ("messages are their receiver's", "features.messages.services:_mine", "return Notice.receiver_id == me", "return Notice.receiver_id.is_not(None)", "tests/messages/test_notices.py::test_nobody_reads_or_opens_the_messages_of_another"),
    ("tasks are who gave them's, for some verbs", "access.actor:Actor._find", "if verb in GIVEN.get(resource, ()) and not found.nothing:", "if resource in GIVEN and not found.nothing:", "tests/tasks/test_course.py::test_who_gave_a_task_reads_and_changes_it_and_does_not_do_it"),
    ("what must be done stays", "features.tasks.course:guard", "if mine and row[\"must\"]:", "if False:", "tests/tasks/test_course.py::test_what_must_be_dealt_with_is_not_waved_away"),
    ("an import is whose it is", "web.importresults:to_change", 'if not actor().scope("core.import", "update").holds(found):', "if False:", "tests/security/test_ids.py::test_who_only_reads_an_import_does_nothing_to_its_rows"),
    ("notes are who wrote them's", "features.customers.notes:own", "if not may_change(note):", "if False:", "tests/customers/test_notes.py::test_one_changes_and_deletes_ones_own_note_alone"),
    ("who is told may read it", "resource.others:readers", "if allowed:", "if True:", "tests/customers/test_notes.py::test_the_mentioned_is_told_only_when_he_may_read_the_record"),
    # files from outside, files to outside
    ("workbooks that unpack to anything", "resource.exchange.workbook:_look_into", "if len(entries) > MOST_ENTRIES or total > MOST_BYTES or steep:", "if False:", "tests/exchange/test_reader.py::test_archives_that_unpack_to_too_much_are_refused_before_they_are_read"),
    ("workbooks with a document type", "resource.exchange.workbook:_refuse_doctype", 'if seen[:1] == ["doctype"]:', "if False:", "tests/exchange/test_reader.py::test_a_workbook_with_entities_of_its_own_is_refused_whatever_the_part_is_called"),
    ("formulas in exports", "text.csv_safe:neutralise", "if first and _DANGEROUS.match(cell)", "if False", "tests/text/test_csv_safe_divisions.py::test_dangerous_cells_get_an_apostrophe"),
    # other systems
    ("only the internet is called", "kernel.outbound.addresses:outside", "return ip.is_global and not (tunnel or ip.is_multicast or ip.is_reserved or ip.is_unspecified)", "return True", "tests/kernel/test_outbound.py::test_nothing_but_the_internet_is_called"),
    ("every answer of a name server is judged", "kernel.outbound.addresses:resolve", "if not found or not all(map(allowed, found)):", "if not found or not any(map(allowed, found)):", "tests/kernel/test_outbound.py::test_nothing_but_the_internet_is_called"),
    ("what was judged is connected to", "kernel.outbound.http:_connected", "plain.connect((str(ip), target.port))", "plain.connect((resolve(target, 1)[0].compressed, target.port))", "tests/kernel/test_outbound.py::test_the_name_is_resolved_once_and_what_was_judged_is_connected_to"),
    ("each redirect is judged", "kernel.outbound.http:_once", "resolve(target, connected_by - time.monotonic(), private)", "[__import__('ipaddress').ip_address('127.0.0.1')]", "tests/kernel/test_outbound.py::test_each_redirect_is_judged"),
    # who is written to
    ("who may announce, when it leaves", "features.messages.sending:deliver", "and not may_announce():", "and False:", "tests/messages/test_messages.py::test_only_who_may_announce_writes_to_everybody_or_announces_to_more_than_he_names[sqlite]"),
    ("a wish that is told meanwhile", "features.channels.sms:deliver", "if not reach.ok:", "if False:", "tests/channels/test_sms.py::test_a_wish_that_is_told_meanwhile_holds_and_who_wrote_hears_of_it"),
    ("a channel's secret goes where it was typed for", "features.channels.resources:_elsewhere", 'return any(row.get(name) is not None and row[name] != old.get(name) for name in ("url", "kind"))', "return False", "tests/channels/test_channels.py::test_a_secret_goes_to_no_other_address_than_it_was_typed_for"),
    # starting
    ("a key that others read", "kernel.keys:KeyRing.at", "if path.stat().st_mode & 0o077:", "if False:", f"{_START}::test_a_key_that_others_can_read_stops_the_start"),
    ("a key that somebody typed", "kernel.keys:KeyRing.__init__", "if len(set(master)) < 12:", "if False:", f"{_START}::test_a_key_that_somebody_typed_stops_the_start"),
    ("debugging for all the world", "web.application:make", "if site.config.debug and site.config.host not in LOOPBACK:", "if False:", f"{_START}::test_debugging_for_all_the_world_stops_the_start"),
)]
