/// A mount, as a line of `/proc/self/mountinfo` describes it: see proc_pid_mountinfo(5).
package struct MountInfo {
    /// The number of the mount, which is unique in its namespace (mount ID).
    package let id: [UInt8]
    /// The number of the mount that contains the mount point.
    package let parent: [UInt8]
    /// `MAJOR:MINOR`.
    package let device: [UInt8]
    /// The directory of the file system that is mounted.
    package let root: [UInt8]
    package let point: [UInt8]
    /// Whether this mount, or the file system itself, is read-only.
    package let isReadOnly: Bool
    /// The type of the file system, such as `ext4` or `fuse.sshfs`.
    package let type: [UInt8]
    /// The options of the superblock, which all mounts of the file system share.
    package let options: [ArraySlice<UInt8>]

    /// - Parameter line: `ID PARENT DEVICE ROOT POINT OPTIONS [FIELD…] - TYPE SOURCE
    ///   SUPEROPTIONS`; `nil` if it has another form.
    package init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(separator: 0x20)
        guard fields.count >= 9,
            let dash = fields[6...].firstIndex(where: { $0.elementsEqual([0x2d]) }),
            fields.count > dash + 3
        else { return nil }
        (id, parent) = (Array(fields[0]), Array(fields[1]))
        device = Array(fields[2])
        root = Array(fields[3])
        point = unescaped(fields[4])
        type = Array(fields[dash + 1])
        options = fields[dash + 3].split(separator: 0x2c)
        isReadOnly = (fields[5].split(separator: 0x2c) + options).contains {
            $0.elementsEqual("ro".utf8)
        }
    }
}
