package dev.rowcast.schemas.tenant;

/// The isolated customer: part of every key, channel and credential. It comes from a verified credential or from a
/// row's tenancy column, never from a request.
///
/// @param value 1 to 128 characters without control characters
public record TenantId(String value) {

    private static final int LONGEST = 128;

    /// @throws IllegalArgumentException when the text is empty, too long or holds control characters
    public TenantId {
        if (value.isEmpty() || value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("tenant \"%s\" must be 1 to %d characters without control characters"
                    .formatted(value.substring(0, Math.min(value.length(), 40)), LONGEST));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
