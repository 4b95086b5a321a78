internal import CLinux

/// Milliseconds of CLOCK_MONOTONIC (clock_gettime(2)), which unlike CLOCK_BOOTTIME stops while the
/// host is suspended.
package func monotonicMilliseconds() -> Int { Int(linux_monotonic_milliseconds()) }

/// Seconds since 1970 (time(2)).
package func wallClock() -> UInt64 { UInt64(max(0, time(nil))) }

/// The local time as `06:12:44`.
package func clockText() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    guard unsafe localtime_r(&now, &parts) != nil else { return "" }
    return unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
}

/// Sleeps (nanosleep(2)); a signal may end the wait early.
package func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    _ = unsafe nanosleep(&time, nil)
}
