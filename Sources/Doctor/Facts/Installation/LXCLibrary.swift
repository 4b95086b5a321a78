internal import Linux

/// What is compiled into liblxc, the library that lxc-start uses.
enum LXCLibrary {
    /// The NIC helper that lxc-start executes; `nil` if the library is not found.
    /// - Parameter lxcStart: the path of lxc-start.
    static func helperPath(lxcStart: String?) -> String? {
        path(endingIn: "/lxc-user-nic", lxcStart: lxcStart)
    }

    /// The directory on which LXC mounts a container's root file system, before it makes that the
    /// root: LXCROOTFSMOUNT.
    static func rootMountPoint(lxcStart: String?) -> String? {
        path(endingIn: "/lxc/rootfs", lxcStart: lxcStart)
    }

    private static func path(endingIn name: String, lxcStart: String?) -> String? {
        for directory in directories(lxcStart) {
            for file in ["liblxc.so.1", "liblxc.so"] {
                let path = "\(directory)/\(file)"
                guard let bytes = (try? SmallFile.contents(of: path, atMost: 16 << 20)) ?? nil,
                    let text = text(endingIn: Array(name.utf8), in: bytes)
                else { continue }
                return text
            }
        }
        return nil
    }

    /// Where the library can be. That of lxc-start's own prefix comes first.
    private static func directories(_ lxcStart: String?) -> [String] {
        var directories: [String] = []
        if let path = lxcStart.flatMap({ FileAttributes.realPath(of: $0) }) {
            let prefix = path.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
            for name in ["lib", "lib64"] { directories += withTriplets("\(prefix)/\(name)") }
        }
        return directories
            + ["/usr/local/lib", "/usr/lib", "/usr/lib64", "/lib"].flatMap { withTriplets($0) }
    }

    /// The directory, and those in it that Debian names after an architecture, such as
    /// `x86_64-linux-gnu`.
    static func withTriplets(_ directory: String) -> [String] {
        let names = (try? SmallFile.names(in: directory)) ?? []
        return [directory] + names.filter { $0.contains("-linux-") }.map { "\(directory)/\($0)" }
    }

    /// The string in the program that has this suffix. It begins after a zero byte, and has one at
    /// its end.
    static func text(endingIn end: [UInt8], in bytes: [UInt8]) -> String? {
        let terminated = end + [0]
        var position = 0
        while let next = Linux.firstIndex(of: terminated, in: bytes, from: position) {
            position = next + 1
            let last = next + end.count
            var start = next
            while start > 0, bytes[start - 1] != 0, next - start < 4096 { start -= 1 }
            let path = bytes[start..<last]
            if path.first == 0x2f, path.allSatisfy({ 0x21...0x7e ~= $0 }) {
                return String(decoding: path, as: UTF8.self)
            }
        }
        return nil
    }
}
