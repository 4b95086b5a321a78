import TestSupport
import Testing

/// A healthy host with 50 users, who have containers that the real lxc-start started.
@Suite(.enabled(if: FaultScript.obstacle == nil, "\(FaultScript.obstacle ?? "")"))
struct ManyUsers {
    @Test("healthy containers of 50 users cause no false positive")
    func healthy() async {
        await FaultScript.run(
            "many-users.sh",
            prints: """
                exit status 0
                  50 users: none with problems, 50 with warnings only
                kinds of findings: 1
                """,
            and: ["/etc/lxc/lxc-usercgroup: it does not exist, so containers start without"])
    }
}
