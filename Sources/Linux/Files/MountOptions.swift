internal import CLinux

extension Directory {
    /// Gives the file system that this directory is on these options, and takes away all others.
    package borrowing func setMountOptions(_ options: [[UInt8]]) throws(Errno) {
        let number = descriptor.number
        var words = unsafe options.map { option in
            unsafe withCString(option) { unsafe UnsafePointer(strdup($0)) }
        }
        unsafe words.append(nil)
        defer {
            unsafe words.forEach { word in unsafe free(UnsafeMutableRawPointer(mutating: word)) }
        }
        try call { unsafe linux_set_mount_options(number, words) }
    }

    /// Who owns a file in it, and who may do what with it.
    package borrowing func access(
        to file: [UInt8]
    ) throws(Errno) -> (owner: UserID, group: GroupID, permissions: UInt32) {
        let status = try opened(file, linux_O_PATH).status()
        return (status.owner, status.group, status.permissions)
    }
}
