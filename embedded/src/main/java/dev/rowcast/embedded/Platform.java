package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;

/// The platforms that we bring binaries for.
enum Platform {
    LINUX_AMD64("postgres-linux-x86_64.txz", "redis-server-6.2.6-v5-linux-amd64"),
    LINUX_ARM64("postgres-linux-arm_64.txz", "redis-server-6.2.7-linux-arm64");

    final String postgresArchive;
    final String redisProgram;

    Platform(String postgresArchive, String redisProgram) {
        this.postgresArchive = postgresArchive;
        this.redisProgram = redisProgram;
    }

    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String system, String processor) {
        if (system.equals("Linux")) {
            switch (processor) {
                case "amd64", "x86_64" -> {
                    return LINUX_AMD64;
                }
                case "aarch64", "arm64" -> {
                    return LINUX_ARM64;
                }
                default -> {}
            }
        }
        throw new EmbeddedException(
                Code.PLATFORM_UNSUPPORTED,
                "embedded Postgres and Redis exist for Linux on amd64 and arm64, this is %s on %s; use your own servers"
                        .formatted(system, processor));
    }
}
