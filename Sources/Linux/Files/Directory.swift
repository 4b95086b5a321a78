internal import CLinux

/// A directory held by descriptor: what is done in it is done there, whatever its path has come to
/// mean since. What lies beneath it is reached without following a link, crossing a mount or leaving
/// by "..", so that nobody who may write in it can lead elsewhere.
package struct Directory: ~Copyable {
    let descriptor: Descriptor

    /// Opens a directory by a path that is not the caller's to choose.
    package static func open(_ path: [UInt8]) throws(Errno) -> Directory {
        let number = try unsafe withCString(path) { path throws(Errno) in
            try call { unsafe linux_open(path, linux_O_PATH | O_DIRECTORY, 0) }
        }
        return Directory(descriptor: Descriptor(owning: number))
    }

    /// A directory beneath this one.
    package borrowing func directory(_ path: [UInt8]) throws(Errno) -> Directory {
        Directory(descriptor: try opened(path, linux_O_PATH | O_DIRECTORY))
    }

    /// Makes a directory, as whoever this process is at the moment.
    package borrowing func make(_ name: [UInt8], permitting mode: UInt32 = 0o755) throws(Errno) {
        let number = descriptor.number
        try unsafe withCString(name) { name throws(Errno) in
            _ = try call { unsafe mkdirat(number, name, mode) }
        }
    }

    /// Removes an empty directory.
    package borrowing func remove(_ name: [UInt8]) throws(Errno) {
        let number = descriptor.number
        try unsafe withCString(name) { name throws(Errno) in
            _ = try call { unsafe unlinkat(number, name, AT_REMOVEDIR) }
        }
    }

    /// The whole of a file in it.
    package borrowing func contents(of file: [UInt8]) throws(Errno) -> [UInt8] {
        try opened(file, O_RDONLY | O_NONBLOCK | O_NOCTTY).wholeStream()
    }

    package borrowing func contains(_ name: String) throws(Errno) -> Bool {
        do {
            _ = try opened(Array(name.utf8), linux_O_PATH)
            return true
        } catch  where error == .notFound {
            return false
        }
    }

    /// Writes into a file that is there already, in one call, as the kernel's own files want it.
    package borrowing func write(_ bytes: [UInt8], to file: [UInt8]) throws(Errno) {
        let file = try opened(file, O_WRONLY | O_NONBLOCK | O_NOCTTY)
        let written = try call {
            unsafe bytes.withUnsafeBytes {
                unsafe CLinux.write(file.number, $0.baseAddress, $0.count)
            }
        }
        guard written == bytes.count else { throw Errno(EIO) }
    }

    /// The names of the directories in it, in no order.
    package borrowing func directories() throws(Errno) -> [[UInt8]] {
        try unsafe entries { unsafe linux_is_directory($0) != 0 }
    }

    /// The names of all that is in it, in no order.
    package borrowing func names() throws(Errno) -> [[UInt8]] {
        try unsafe entries { _ in true }
    }

    /// Whose it is.
    package borrowing func owner() throws(Errno) -> UserID { try descriptor.status().owner }

    package borrowing func give(to user: UserID, _ group: GroupID) throws(Errno) {
        let number = descriptor.number
        try call { linux_give_to(number, user.number, group.number) }
    }

    package borrowing func give(
        _ file: [UInt8], to user: UserID, _ group: GroupID
    ) throws(Errno) {
        let file = try opened(file, linux_O_PATH)
        try call { linux_give_to(file.number, user.number, group.number) }
    }

    /// What others than its owner may do with it.
    package borrowing func permit(_ mode: UInt32) throws(Errno) {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        try call { fchmod(reading.number, mode) }
    }

    /// A mark that stays with the directory; who may read and write it is told by the name's
    /// beginning: see xattr(7).
    package borrowing func mark(_ name: String, _ value: [UInt8]) throws(Errno) {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        try call {
            unsafe value.withUnsafeBytes {
                unsafe fsetxattr(reading.number, name, $0.baseAddress, $0.count, 0)
            }
        }
    }

    /// - Returns: `nil` if there is no such mark.
    package borrowing func mark(_ name: String) throws(Errno) -> [UInt8]? {
        let reading = try opened([0x2e], O_RDONLY | O_DIRECTORY)
        var room = [UInt8](repeating: 0, count: 4096)
        do {
            let count = try call {
                unsafe room.withUnsafeMutableBytes {
                    unsafe fgetxattr(reading.number, name, $0.baseAddress, $0.count)
                }
            }
            return Array(room[..<count])
        } catch  where error == Errno(ENODATA) {
            return nil
        }
    }

    /// Whether it is a control group of the unified tree.
    package borrowing func isUnifiedCgroup() throws(Errno) -> Bool {
        let number = descriptor.number
        return try call { linux_file_system(number) } == linux_CGROUP2_MAGIC
    }

    borrowing func opened(_ path: [UInt8], _ flags: Int32) throws(Errno) -> Descriptor {
        Descriptor(owning: try open(path, flags))
    }

    private borrowing func open(_ path: [UInt8], _ flags: Int32) throws(Errno) -> Int32 {
        let number = descriptor.number
        return try unsafe withCString(path) { path throws(Errno) in
            try call { unsafe linux_open_beneath(number, path, flags) }
        }
    }

    private borrowing func entries(
        where isWanted: (UnsafeMutablePointer<dirent>) -> Bool
    ) throws(Errno) -> [[UInt8]] {
        // A descriptor of O_PATH cannot be read. Closed by closedir.
        let number = try open([0x2e], O_RDONLY | O_DIRECTORY)
        guard let handle = unsafe fdopendir(number) else {
            let failure = Errno.lastFailure
            closeDescriptor(number)
            throw failure
        }
        defer { unsafe _ = closedir(handle) }
        var names: [[UInt8]] = []
        while let entry = unsafe linux_next_entry(handle) {
            guard unsafe isWanted(entry), let name = unsafe linux_entry_name(entry) else {
                continue
            }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            if bytes != [0x2e], bytes != [0x2e, 0x2e] { names.append(bytes) }
        }
        // A list that breaks off is none: what it lacks may be the limit that matters.
        guard Errno.lastFailure == Errno(0) else { throw .lastFailure }
        return names
    }
}
