import Cgroups
import FuzzDriver

/// Parses the input as a mountinfo file. Malformed lines are skipped.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let mounts = CgroupMountInfo(mountinfo: bytes)
    precondition(mounts.unified.count + mounts.legacy.count <= bytes.count { $0 == 0x0a } + 1)
    for mount in mounts.unified {
        precondition(!mount.options.contains { $0.contains(0x2c) || $0.contains(0x0a) })
        precondition(mount.nsdelegate == mount.options.contains(Array("nsdelegate".utf8)))
    }
    return 0
}

fuzz(test)
