import Identity
import Linux
import Testing

@Suite("Labels of containers")
struct Labels {
    @Test(
        "a label is one printable word, and can be parsed back",
        arguments: [
            ("alice", "web", 0, "alice/web"),
            ("alice", "web", 12, "alice/web:12"),
            ("alice", "web:1", 0, #"alice/web\0721"#),
            ("DOMAIN\\bob", "a/b,c", 1, #"DOMAIN\134bob/a\057b\054c:1"#),
            ("alice", "x\n\u{1b}[31m y", 0, #"alice/x\012\033[31m\040y"#),
            ("alice", "\u{e9}\\012", 0, #"alice/\303\251\134012"#),
        ])
    func roundTrip(user: String, name: String, number: Int, text: String) {
        let label = ContainerLabel(user: Array(user.utf8), name: Array(name.utf8), number: number)
        #expect(label.description == text)
        #expect(ContainerLabel(text.utf8) == label)
        #expect(label.alias == Array("lxc:\(text)".utf8))
        #expect(ContainerLabel(alias: UntrustedText(label.alias)) == label)
    }

    @Test(
        "other texts are not labels",
        arguments: [
            "", "/", "alice", "alice/", "/web", "alice/web:", "alice/web:x", "alice/web:-1",
            "alice/a/b", "alice/web:1:2", "alice/:1", "alice/web:1000000",
        ])
    func others(text: String) {
        #expect(ContainerLabel(text.utf8) == nil)
    }

    @Test("an alias without the prefix is not a label")
    func aliases() {
        #expect(ContainerLabel(alias: "alice/web") == nil)
        #expect(ContainerLabel(alias: "") == nil)
        #expect(ContainerLabel(alias: "lxc:alice/web")?.description == "alice/web")
    }

    @Test("an alias has at most 255 bytes, and that of another container differs")
    func lengths() {
        for name in [
            [UInt8](repeating: 0x61, count: 245), [UInt8](repeating: 0x61, count: 255),
            [UInt8](repeating: 0xff, count: 255), [UInt8](repeating: 0x61, count: 60) + [0xff],
        ] {
            for number in [0, 7] {
                let label = ContainerLabel(user: Array("alice".utf8), name: name, number: number)
                #expect(label.alias.count <= 255)
                var other = name
                other[other.count - 1] = 0x62
                let second = ContainerLabel(user: label.user, name: other, number: number)
                #expect(second.alias != label.alias)
                let parsed = ContainerLabel(alias: UntrustedText(label.alias))
                #expect(parsed?.user == label.user)
                #expect(parsed?.number == number)
                #expect(ContainerLabel.number(ofAlias: label.alias) == number)
            }
        }
    }
}

@Suite("Grants of ports")
struct Grants {
    @Test("each grant is encoded in the group, and decoded again")
    func bits() {
        var grant = PortGrant()
        #expect(grant.group == 0xbe00_0000)
        grant.isIsolated = true
        #expect(grant.group == 0xbe00_0001)
        grant.vlan = 4094
        grant.filtersHardwareAddress = true
        grant.filtersAddresses = true
        #expect(grant.group == 0xbeff_e007)
        #expect(PortGrant(group: grant.group) == grant)
        #expect(PortGrant(group: 0xbe00_1000)?.vlan == 1)
        #expect(PortGrant(group: 0) == nil)
        #expect(PortGrant(group: 0x0100_0007) == nil)
    }
}
