import Linux
import Testing

@testable import Doctor

@Suite("decisions about the sources of accounts and modules")
struct AccountDecisions {
    @Test("if the account sources omit a user, the reason is given")
    func sources() {
        func reason(_ user: String, _ sources: String) -> String? {
            AccountSources.reasonUnknown(
                user, accounts: Array("root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n".utf8),
                sources: Array(sources.utf8))
        }
        let sss = reason("alice", "# accounts\npasswd: sss\n")
        #expect(
            sss?.hasPrefix("/etc/passwd has this user, but line 2 of /etc/nsswitch.conf") == true)
        #expect(sss?.hasSuffix("write \"passwd: files sss\" there") == true)
        #expect(reason("1000", "passwd: sss\n") != nil)
        #expect(reason("bob", "passwd: sss\n") == nil)
        #expect(reason("alice", "passwd: files sss\n") == nil)
        #expect(reason("alice", "group: sss\n") == nil)
    }

    @Test(
        "lines of modprobe.d that forbid a module are found",
        arguments: [
            ("blacklist veth\n", 1), ("# blacklist veth\n", nil),
            ("\ninstall veth /bin/false\n", 2),
            ("install veth /sbin/modprobe -i veth\n", nil), ("blacklist vethx\n", nil),
            ("options veth a=1\n", nil),
        ] as [(String, Int?)])
    func modules(text: String, line: Int?) {
        #expect(KernelModules.line(forbidding: "veth", in: Array(text.utf8)) == line)
    }

    @Test("a forbidden module is reported as a problem with its line")
    func forbidden() {
        var facts = Facts.alices()
        facts.installation.modules.forbidden = [
            .init(module: "veth", file: "/etc/modprobe.d/local.conf", line: 3)
        ]
        let findings = KernelModulesCheck.run(facts)
        #expect(findings.map(\.verdict) == [.problem])
        #expect(findings[0].place == "/etc/modprobe.d/local.conf:3")
        #expect(
            findings[0].message.hasSuffix("the module veth, without which containers get no NIC"))
    }

    @Test("comments in the syntax of other programs are not invalid, even after a byte order mark")
    func comments() {
        for text in ["# a", "; a", "  // a", "\u{feff}# a", ""] {
            #expect(Array(text.utf8)[...].isComment)
        }
        #expect(!Array("alice veth lxcbr0 10".utf8)[...].isComment)
        #expect(!Array("\u{feff}alice veth lxcbr0 10".utf8)[...].isComment)
    }
}
