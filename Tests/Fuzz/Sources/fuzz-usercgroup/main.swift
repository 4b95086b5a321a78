import CgroupAdmin
import Cgroups
import Delegation
import FuzzDriver
import Linux

/// Parses the input as an lxc-usercgroup file. Each line is valid or reported, and valid values can
/// be parsed again.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let lines = bytes.count { $0 == 0x0a } + 1
    let host = Controller.list(Array("cpuset cpu io memory hugetlb pids rdma misc".utf8))
    let policy = UsercgroupFile(bytes)
    var understood: [UsercgroupEntry] = []
    for line in policy.entries {
        switch line {
        case .failure(let faulty):
            precondition((1...lines).contains(faulty.line))
            precondition(!faulty.error.description.isEmpty)
        case .success(let grant):
            precondition((1...lines).contains(grant.line))
            understood.append(grant)
            check(grant, host)
        }
    }
    // An owner's first valid line applies, unless an invalid one precedes it.
    if let first = understood.first,
        case .granted(let entry) = policy.decision(isOwner: { Owner(field: $0) == first.owner })
    {
        precondition(entry == first)
    }
    let wanted = RequiredControllers(understood, of: host)
    precondition(wanted.list.allSatisfy { host.contains($0) })
    return 0
}

/// A user gets a controller that is not threaded, or none.
func check(_ grant: UsercgroupEntry, _ host: [Controller]) {
    precondition(Owner(field: grant.owner.field) == grant.owner)
    let given = grant.controllers(of: host)
    precondition(given.isEmpty || given.contains { !$0.isThreaded })
    precondition(grant.controllers(of: []).isEmpty)
    for limit in grant.limits {
        // A file name without a slash, and no zero byte.
        precondition(!limit.file.contains(0x2f) && !limit.file.contains(0))
        precondition(limit.file.contains(0x2e) && limit.file.first != 0x2e)
        precondition(!limit.value.isEmpty && !limit.value.contains(0x0a))
        let line = Array("a * \(limit)".utf8)
        precondition((try? UsercgroupEntry(line[...], line: 1))?.limits == [limit])
    }
}

fuzz(test)
