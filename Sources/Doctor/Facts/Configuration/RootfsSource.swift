internal import Linux

/// The value of `lxc.rootfs.path`: `PATH` or `TYPE:PATH`.
struct RootfsSource: Equatable, Sendable {
    /// The types of `src/lxc/storage/storage.c`, in the order in which LXC compares them.
    enum Kind: String, CaseIterable, Sendable {
        case dir, zfs, lvm, rbd, btrfs, overlay, overlayfs, loop, nbd
    }

    /// `nil` where LXC detects it.
    let kind: Kind?
    /// The directories or devices: for an overlay the lower ones from top to bottom, and then the
    /// upper one.
    let paths: [UntrustedText]

    init(_ value: UntrustedText) {
        let bytes = value.bytes
        guard let colon = bytes.firstIndex(of: 0x3a) else {
            (kind, paths) = (nil, [value])
            return
        }
        let prefix = String(decoding: bytes[..<colon], as: UTF8.self)
        // LXC compares only as many characters as the prefix has.
        kind = prefix.isEmpty ? nil : Kind.allCases.first { $0.rawValue.hasPrefix(prefix) }
        let rest = bytes[(colon + 1)...]
        guard kind == .overlay || kind == .overlayfs else {
            paths = [UntrustedText(rest)]
            return
        }
        var paths: [[UInt8]] = [[]]
        for (position, byte) in zip(rest.indices, rest) {
            if byte == 0x3a, rest.dropFirst(position + 1 - rest.startIndex).first == 0x2f {
                paths.append([])
            } else {
                paths[paths.count - 1].append(byte)
            }
        }
        self.paths = paths.map { UntrustedText($0) }
    }

    var isOverlay: Bool { kind == .overlay || kind == .overlayfs }
    /// Whether mounting it needs a block device, which only root can mount.
    var isBlockDevice: Bool { [.lvm, .rbd, .loop, .nbd].contains(kind) }

    /// The directories whose files the container sees, from bottom to top; empty if they are not
    /// known.
    var layers: [UntrustedText] {
        guard !isBlockDevice, paths.allSatisfy({ $0.hasPrefix("/") }) else { return [] }
        guard isOverlay else { return paths }
        return paths.dropLast().reversed() + paths.suffix(1)
    }
}
