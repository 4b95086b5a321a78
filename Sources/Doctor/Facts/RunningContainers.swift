internal import Linux

/// The containers whose monitor listens on its command socket, `LXCPATH/NAME/command` in the
/// abstract namespace (`/proc/net/unix`): see unix(7). `berth status` finds containers by their
/// cgroups instead: see `HierarchyStatus` in CgroupStatus.
enum RunningContainers {
    /// - Parameter names: only these are looked for.
    /// - Parameter directory: the directory of the user's containers.
    static func among(
        _ names: [UntrustedText], in directory: UntrustedText
    ) -> [UntrustedText] {
        guard !names.isEmpty, let text = (try? SmallFile.contents(of: "/proc/net/unix")) ?? nil
        else { return [] }
        let sockets = Lines(bytes: text).compactMap { text[$0].split(separator: 0x20).last }
        return names.filter { name in
            let path = directory.appending("/").appending(name).appending("/command")
            return sockets.contains { $0.elementsEqual([0x40] + path.bytes) }
        }
    }

    /// Whether the name of the socket is the path: LXC uses a hash in place of a long one.
    static func isVisible(_ name: UntrustedText, in directory: UntrustedText) -> Bool {
        directory.bytes.count + name.bytes.count < 90
    }
}
