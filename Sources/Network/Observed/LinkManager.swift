package import Linux

/// A program of the host that configures an interface.
package enum LinkManager: Equatable, Sendable {
    /// With the file of settings that matches the interface.
    case networkd(file: UntrustedText)
    case networkManager

    /// The programs that configure the interface with this index, by the state that they publish.
    package static func ofInterface(_ index: Int32) -> [LinkManager] {
        var managers: [LinkManager] = []
        let networkd = settings(in: "/run/systemd/netif/links/\(index)")
        // "unmanaged" if no file of networkd matches the interface, or one says so.
        if let state = networkd["ADMIN_STATE"], state != "unmanaged",
            let file = networkd["NETWORK_FILE"], !file.isEmpty
        {
            managers.append(.networkd(file: UntrustedText(file)))
        }
        let device = settings(in: "/run/NetworkManager/devices/\(index)")
        // NetworkManager only watches an interface whose connection it did not create itself.
        if device["managed"] == "true" || device["managed"] == "1",
            device["nm-owned"] != nil || device["connection-uuid"] != nil
        {
            managers.append(.networkManager)
        }
        return managers
    }

    /// The lines `NAME=VALUE` of a file that only root writes.
    private static func settings(in path: String) -> [String: String] {
        let bytes = (try? SmallFile.contents(of: path, atMost: 64 << 10)) ?? nil
        return bytes.map { assignments(in: $0) } ?? [:]
    }
}
