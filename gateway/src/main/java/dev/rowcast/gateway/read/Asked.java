package dev.rowcast.gateway.read;

import dev.rowcast.cache.Freshness;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.told.News;
import java.time.Duration;
import java.util.Optional;

/// Who asks, and how fresh the answer must be.
///
/// @param life of what is kept of it; empty for the usual one
record Asked(Identity identity, Freshness freshness, Optional<Duration> life) {

    /// The same, with what is known already.
    Asked having(News news) {
        Freshness young = news.ago().map(freshness::noOlderThan).orElse(freshness);
        return new Asked(identity, young.after(news.xids()), life);
    }
}
