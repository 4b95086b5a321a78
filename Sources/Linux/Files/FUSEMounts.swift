/// Mounted file systems in user space (FUSE), as `/proc/self/mountinfo` lists them.
///
/// The program that serves one decides what its files contain, and which owners they seem to have.
package struct FUSEMounts {
    private var users: [(device: [UInt8], user: UserID)] = []

    package init(mountinfo: [UInt8]) {
        let name = Array("user_id=".utf8)
        for place in Lines(bytes: mountinfo) {
            guard let mount = MountInfo(mountinfo[place]), mount.type.starts(with: "fuse".utf8),
                let option = mount.options.first(where: { $0.starts(with: name) }),
                let user = decimal(option.dropFirst(name.count), upTo: UInt64(UInt32.max) - 1)
            else { continue }
            users.append((mount.device, UserID(UInt32(user))))
        }
    }

    package static func current() throws(Errno) -> FUSEMounts {
        guard let text = try SmallFile.contents(of: "/proc/self/mountinfo") else {
            throw .ENOENT
        }
        return FUSEMounts(mountinfo: text)
    }

    /// The user for whom a file system was mounted, by its option `user_id`.
    /// - Parameter device: the number of its device, as stat(2) reports it.
    /// - Returns: `nil` if it is not a file system in user space.
    package func user(ofDevice device: UInt64) -> UserID? {
        // See makedev(3).
        let major = device >> 8 & 0xfff | device >> 32 & ~0xfff
        let minor = device & 0xff | device >> 12 & 0xffff_ff00
        let number = Array("\(major):\(minor)".utf8)
        return users.first { $0.device == number }?.user
    }
}
