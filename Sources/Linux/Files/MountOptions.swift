internal import CLinux

extension Directory {
    /// Reconfigures (remounts) the directory's file system with only these options, none of which
    /// takes a value: see fspick(2) and fsconfig(2).
    package borrowing func setMountOptions(_ options: [[UInt8]]) throws(Errno) {
        let number = descriptor.number
        let words = try CStringVector(options)
        let options = unsafe words.pointers.map { unsafe UnsafePointer($0) }
        try call { unsafe linux_set_mount_options(number, options) }
    }

    /// The owner, group and permission bits of a file in this directory.
    package borrowing func access(
        to file: [UInt8]
    ) throws(Errno) -> (owner: UserID, group: GroupID, permissions: UInt32) {
        let status = try opened(file, linux_O_PATH).status()
        return (status.owner, status.group, status.permissions)
    }
}
