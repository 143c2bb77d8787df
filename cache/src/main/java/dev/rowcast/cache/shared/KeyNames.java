package dev.rowcast.cache.shared;

import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;

/// The one place where names of Redis keys are made. All keys of a cache partition are in one slot of a cluster: the
/// first braces of a name decide it, and they are ours. Texts from outside are prefixed with their length, so that no
/// tenant's tag can be spelled as another's.
///
/// @param namespace 1 to 32 letters, digits, `_` or `-`; installations that share a Redis have one each
record KeyNames(String namespace) {

    /// Of everything, whatever the tenant.
    static final String ALL = "*";

    KeyNames {
        if (!namespace.matches("[A-Za-z0-9_-]{1,32}")) {
            throw new IllegalArgumentException(
                    "namespace must be 1 to 32 letters, digits, _ or -, is '%s'".formatted(namespace));
        }
    }

    byte[] meta(int partition) {
        return key(partition, "meta");
    }

    /// What "everything" was made stale, and when: for each tenant.
    byte[] generations(int partition) {
        return key(partition, "generations");
    }

    /// Which transactions evicted what a short while ago.
    byte[] fences(int partition) {
        return key(partition, "fences");
    }

    /// When fences and generations are forgotten.
    byte[] ages(int partition) {
        return key(partition, "ages");
    }

    byte[] values(int partition, TenantId tenant, String tag) {
        return key(partition, "v:" + spelled(tenant, tag));
    }

    byte[] leases(int partition, TenantId tenant, String tag) {
        return key(partition, "l:" + spelled(tenant, tag));
    }

    /// Where fences have those of a tag.
    static String tagField(TenantId tenant, String tag) {
        return "t" + spelled(tenant, tag);
    }

    /// Where fences and generations have those of a whole tenant.
    static String tenantField(TenantId tenant) {
        return "T" + tenant.value();
    }

    private byte[] key(int partition, String rest) {
        return ("{" + namespace + "-" + partition + "}:" + rest).getBytes(StandardCharsets.UTF_8);
    }

    private static String spelled(TenantId tenant, String tag) {
        return tenant.value().length() + ":" + tenant.value() + ":" + tag;
    }
}
