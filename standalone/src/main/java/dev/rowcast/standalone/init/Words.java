package dev.rowcast.standalone.init;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// What names give away.
final class Words {

    /// Columns that hold the tenant, the likeliest first.
    static final List<String> TENANTS = List.of(
            "tenant_id",
            "site_id",
            "org_id",
            "organization_id",
            "organisation_id",
            "workspace_id",
            "account_id",
            "company_id",
            "team_id",
            "tenant",
            "site",
            "org");

    static final List<String> EVENT_TYPES = List.of("event_type", "event_name");
    static final List<String> EVENT_TYPES_BY_TABLE = List.of("action", "event", "type", "kind", "verb");
    static final Pattern EVENT_TABLE = Pattern.compile(".*(event|log|activit|audit|histor|feed|live_update).*");
    static final Pattern CHANGED_AT = Pattern.compile("(updated|modified|changed)(_?(at|on|date|time))?|last_modified");
    static final List<String> PRINCIPALS = List.of("user_id", "member_id", "principal_id", "profile_id", "person_id");
    static final List<String> ROLES = List.of("role", "access_level", "permission", "access");
    static final Pattern MEMBERS_TABLE =
            Pattern.compile(".*(member|participant|collaborator|membership|enrol).*|.*_users");
    static final Pattern PEOPLE = Pattern.compile("(app_|auth_)?(users?|profiles?|people|persons?|members?|accounts?)");
    static final Pattern SECRETS =
            Pattern.compile(".*(passw|secret|token|credential|api_?key|private_?key|encrypted|salt).*");
    static final Pattern PERSONAL = Pattern.compile(
            ".*(user|email|e_mail|phone|mobile|first_?name|last_?name|full_?name|sur_?name|birth|address|street|zip|postal"
                    + "|iban|ssn|passport|gender|ip_?addr|latitude|longitude|author|owner|creator|created_by|updated_by"
                    + "|added_by|assignee|payload|metadata|settings|data).*|ip|name_of_.*");
    static final Pattern BOOKKEEPING = Pattern.compile(
            "schema_migrations?|ar_internal_metadata|flyway_schema_history|databasechangelog(lock)?|alembic_version"
                    + "|django_migrations|django_session|__efmigrationshistory|goose_db_version|_prisma_migrations"
                    + "|knex_migrations(_lock)?|_sqlx_migrations|spatial_ref_sys|sessions?|.*_jobs|jobs");

    private static final Map<String, String> IRREGULAR = Map.of(
            "people",
            "person",
            "children",
            "child",
            "men",
            "man",
            "women",
            "woman",
            "feet",
            "foot",
            "mice",
            "mouse",
            "indices",
            "index",
            "statuses",
            "status",
            "aliases",
            "alias");
    private static final Pattern SAME = Pattern.compile(".*(news|series|species|media|data|info|equipment|sheep)");

    private Words() {}

    static String lower(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /// The singular of a table's name, as far as English is regular.
    static String singular(String name) {
        String word = lower(name).replaceFirst("^[_0-9]+", "");
        int last = word.lastIndexOf('_') + 1;
        String head = word.substring(0, last);
        String tail = word.substring(last);
        String one = IRREGULAR.getOrDefault(tail, regular(tail));
        return (head + one).isEmpty() ? "row" : head + one;
    }

    private static String regular(String word) {
        if (SAME.matcher(word).matches() || word.length() < 3) {
            return word;
        }
        if (word.endsWith("ies") && word.length() > 4) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.matches(".*(sses|xes|ches|shes|zzes)")) {
            return word.substring(0, word.length() - 2);
        }
        return word.endsWith("s") && !word.matches(".*(ss|us|is)") ? word.substring(0, word.length() - 1) : word;
    }
}
