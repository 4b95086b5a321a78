internal import CLinux

extension Descriptor {
    /// Blocks the signals (sigprocmask(2)), and opens a descriptor from which they are read
    /// (signalfd(2)).
    static func ofSignals(_ signals: [Int32]) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { unsafe linux_signalfd(signals, Int32(signals.count)) })
    }
}
