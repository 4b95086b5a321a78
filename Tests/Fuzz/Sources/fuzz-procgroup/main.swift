import CgroupAdmin
import Cgroups
import FuzzDriver
import Linux

/// Parses the input as /proc/PID/cgroup, as the path of a cgroup and as the origin of a session. No
/// path leads out of the hierarchy.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for path in [CgroupPath.membership(in: bytes), CgroupPath(bytes), SessionOrigin(bytes)?.origin]
    {
        guard let path else { continue }
        precondition(!path.names.contains { $0 == [0x2e] || $0 == [0x2e, 0x2e] || $0.isEmpty })
        precondition(!path.relative.contains(0) && path.relative.first != 0x2f)
        precondition(CgroupPath([0x2f] + path.relative) == path)
    }
    if let mark = SessionOrigin(bytes) {
        precondition(SessionOrigin(mark.bytes) == mark && mark.process.number > 0)
    }
    _ = Controller.list(bytes)
    _ = DelegatedFiles.parse(bytes)
    return 0
}

fuzz(test)
