import Testing

@testable import Doctor

/// Seccomp profiles, as LXC reads them.
@Suite
struct SeccompProfiles {
    @Test(
        "a line with an action that LXC does not know is named",
        arguments: [
            ("2\ndenylist\n[all]\nmknod errno 1\nkexec_load\ninit_module kill\n", nil),
            ("2\ndenylist\nmknod errno 1 [1,8192,SCMP_CMP_MASKED_EQ,61440]\n", nil),
            ("2\ndenylist\n# x y\nmknod # why\nreject_force_umount # why\n", nil),
            ("2\ndenylist\nmknod errno\n", 3), ("2\ndenylist\n\nmknod deny\n", 4),
            ("2\nallowlist errno\nread\n", 2), ("2\nallowlist errno 1\nread\n", nil),
        ] as [(String, Int?)])
    func faults(text: String, line: Int?) {
        #expect(SeccompProfile(Array(text.utf8)).fault?.line == line)
    }

    @Test("calls that every program needs must be allowed")
    func needed() {
        func missing(_ text: String) -> [String] { SeccompProfile(Array(text.utf8)).missing }
        #expect(missing("2\ndenylist\nmknod errno 1\n") == [])
        #expect(missing("2\ndenylist\nexecve errno 1\n") == ["execve"])
        #expect(missing("2\ndenylist\nread allow\n") == [])
        #expect(missing("2\nallowlist\nread\nwrite\nclose\n") == ["execve", "exit_group"])
        #expect(missing("2\ndenylist\nclone errno 1\n") == ["clone"])
        #expect(missing("2\nallowlist\nread\nwrite\nclose\nexecve\nexit_group\n") == [])
        // Only with these arguments.
        #expect(missing("2\ndenylist\nread errno 1 [0,5,SCMP_CMP_EQ]\n") == [])
    }

    @Test("calls that network programs need must be allowed")
    func ofNetwork() {
        func missing(_ text: String) -> [String] {
            SeccompProfile(Array(text.utf8)).missingOfNetwork
        }
        #expect(missing("2\ndenylist\nmknod errno 1\n") == [])
        #expect(missing("2\ndenylist\nsocket errno 1\nbind\n") == ["socket", "bind"])
        #expect(missing("2\ndenylist\nsocket errno 1 [0,16,SCMP_CMP_EQ]\n") == [])
        #expect(
            missing("2\nallowlist\nsocket\nbind\nconnect\nsendto\nrecvfrom\nsetsockopt\n") == [])
    }
}
