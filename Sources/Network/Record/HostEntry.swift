extension Record {
    /// What berth-net changed on the host for all its networks together.
    package struct HostEntry: Codable, Hashable, Sendable {
        /// The kinds of forwarding that it enabled.
        package var forwarding: [Forwarding] = []
        package var alterations: [Alteration] = []
        /// `nil` if the filter was not loaded, or not completely.
        package var addressFilter: AppliedAddressFilter?

        package init() {}

        /// The entry after these changes, without the changes to these bridges.
        func after(_ changes: [Change], besides bridges: [BridgeName]) -> HostEntry {
            var entry = self
            for case .setForwarding(let forwarding, let enabled) in changes {
                entry.forwarding.removeAll { $0.path == forwarding.path }
                if enabled { entry.forwarding.append(forwarding) }
            }
            entry.alterations = alterations.after(
                changes.filter { change in !bridges.contains { change.concerns($0) } })
            return entry
        }
    }
}

/// Packet forwarding that berth-net enabled on the host (ip_forward), and what else this changes.
package struct Forwarding: Codable, Hashable, Sendable {
    /// Under /proc/sys.
    package let path: String
    /// The settings of interfaces that the kernel overwrites when forwarding is disabled again,
    /// with the values that they had.
    package let kept: [KernelValue]
    /// The interfaces that would use forwarding and existed while it was disabled. Interfaces that
    /// appeared later may depend on it.
    package let bystanders: [String]

    package init(path: String, kept: [KernelValue] = [], bystanders: [String] = []) {
        self.path = path
        self.kept = kept
        self.bystanders = bystanders
    }

    package struct KernelValue: Codable, Hashable, Sendable {
        package let path: String
        package let value: String

        /// The value that the kernel gave it when forwarding was enabled.
        var valueWhileForwarding: String { path == Sysctls.acceptsRedirects4 ? "0" : "1" }
    }
}
