internal import Linux

extension UntrustedText {
    /// Whether it is an option with a value that neither tmpfs(5) nor LXC knows. Options without a
    /// value are flags of the mount.
    var isUnknownOfTmpfs: Bool {
        guard let equals = bytes.firstIndex(of: 0x3d) else { return false }
        let known = [
            "size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "huge", "mpol", "context",
            "fscontext", "defcontext", "rootcontext", "create", "idmap", "usrquota_block_hardlimit",
            "usrquota_inode_hardlimit", "grpquota_block_hardlimit", "grpquota_inode_hardlimit",
            "casefold",
        ]
        return !known.contains { bytes[..<equals].elementsEqual($0.utf8) }
            && !hasPrefix("x-") && !hasPrefix("lxc.")
    }
}
