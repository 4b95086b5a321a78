import Glibc
import TestSupport
import Testing

@testable import StatusReport

/// The status of a test host, as root, as users with containers, and as a user without.
@Suite(.oneAtATime, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct OnHost {
    @Test("root sees all, users see only what is theirs, and names that users choose are harmless")
    func users() async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/StatusReportTests/host.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH_NET": variable("BERTH_NET") ?? "", "BERTH": variable("BERTH") ?? "",
                "schema": "\(tests)/StatusReportTests",
            ])
        let lines = said.lines
        let all = wanted.split(separator: "\n").map(String.init)
        for (found, wanted) in zip(lines, all) { expect(found, is: wanted, said.errorOutput) }
        expect(lines.count, is: all.count, said.output + said.errorOutput)
    }
}

/// The JSON of a status with every kind of content.
@Suite(.enabled(if: JSONSchema.obstacle == nil, "\(JSONSchema.obstacle ?? "")"))
struct Schema {
    @Test("the JSON matches its schema, and the schema rejects changes")
    func example() {
        let schema = JSONSchema("berth-status.json")
        let json = HostStatus.example.json()
        #expect(schema.judge(json).output == "1 documents, 0 faults\n")
        #expect(schema.judge(json + json).status == 1)
        let line = HostStatus.example.json(isPretty: false)
        #expect(line.split(separator: "\n").count == 1)
        #expect(schema.judge(line + line).output == "2 documents, 0 faults\n")
        for (key, other) in [
            ("\"bridge\"", "\"brigde\""), ("\"up\"", "\"upp\""), ("12910592", "-1"),
            ("\"version\" : 1", "\"version\" : 2"),
            ("\"state\" : \"as-configured\"", "\"state\" : null"),
        ] {
            #expect(json.contains(key))
            #expect(schema.judge(json.replacing(key, with: other)).status == 1, "\(key)")
        }
    }
}

private let tests = String(#filePath.dropLast("/StatusReportTests/OnHost.swift".count))

private let obstacle: String? = {
    if let obstacle = Host.obstacle ?? JSONSchema.obstacle { return obstacle }
    for name in ["BERTH", "BERTH_NET"] where access(variable(name) ?? "", X_OK) != 0 {
        return "no \(name): run make"
    }
    return nil
}()

private let wanted = #"""
    root: ['no network is up: berth-net start brings up lxcbr0']
    what root sees
    root: ['up as-configured', 'up as-configured']
    root: [('dmz0', '@staff', 'alice', 'web', 'lan'), \#
    ('lxcbr0', 'alice', 'alice', 'web', 'eth0'), ('lxcbr0', 'bob', 'bob', 'mail', 'eth0')]
    root: ['10.0.9.77', '10.0.3.200']
    root: ('alice', 'web', True)
    root: True
    root: [('@7000', 'dmz0', 0, 9), ('@staff', 'dmz0', 1, 20), \#
    ('alice', 'lxcbr0', 1, 4), ('bob', 'lxcbr0', 1, 2)]
    root: [('quotas', 'line 6 of /etc/lxc/lxc-usernet grants nothing: \#
    the count "many" is not a number')]
    traffic is counted as the container sees it
    it has received what the host has sent
    root: True
    what alice sees
    alice: ['up not-visible', 'up not-visible']
    alice: [('dmz0', None, 'alice', 'web', 'lan'), ('lxcbr0', None, 'alice', 'web', 'eth0')]
    alice: ['10.0.9.77']
    alice: ['web']
    alice: [('@staff', 'dmz0', None, 20), ('alice', 'lxcbr0', 1, 4)]
    alice: ['nics', 'quotas']
    what bob and carl see
    bob: [('mail', '10.0.3.200')]
    bob: ([], ['1 lease of other users, not visible to you'])
    bob: [('@staff', 'dmz0', None, 20), ('bob', 'lxcbr0', 1, 2)]
    carl: ([], [], [], ['3 NICs of other users, not visible to you'])
    carl: ['line 6 of /etc/lxc/lxc-usernet grants nothing: the count "many" is not a number']
    bob: []
    0
    0
    ? 3 NICs of other users, not visible to you
    ? 1 lease of other users, not visible to you
    quotas per user
    root: [('*', 'lxcbr0', None, 2, True, 1), ('@staff', 'dmz0', None, 3, True, 2), \#
    ('alice', 'lxcbr0', 1, 2, False, 1), ('bob', 'lxcbr0', 1, 1, False, 3)]
    alice: [('alice', 'dmz0', 1, 3, False, 2), ('alice', 'lxcbr0', 1, 2, False, 1)]
    bob: [('bob', 'dmz0', 0, 3, False, 2), ('bob', 'lxcbr0', 1, 1, False, 3)]
    carl: [('carl', 'lxcbr0', 0, 2, False, 1)]
    alice lxcbr0 1 of 2 isolated
    bob lxcbr0 1 of 1
    * lxcbr0 2 each isolated
    @staff dmz0 3 each
    missing parts are reported
    root: [('incomplete', 'differs', ['+ dmz0: firewall table inet berth_dmz0', \#
    '+ dmz0: address 10.0.9.1/24'])]
    alice: [('incomplete', 'not-visible', ['+ dmz0: address 10.0.9.1/24'])]
    alice: ([], None, ['leases on lxcbr0, not visible to you'])
    names that other users choose
    0
    0
    0
    root: [('evil\x1b[2J', 'e\x1b[1m')]
    root: ['a\x1b[2Jb']
    metrics
    0
    series, 0 faults
    1
    1
    0
    10
    10
    10
    10
    41
    1
    42
    series, 0 faults
    1
    253
    1
    4
    1
    series, 0 faults
    0
    series, 0 faults
    644
    1
    output to a terminal and to a file
    0
    2
    0
    0
    exit status: 0
    alternate screen, hidden cursor: True
    both restored: True
    several frames: True
    fits: True
    fits after resizing: True
    hidden lines are counted: True
    stops on Ctrl-Z: True
    continues on SIGCONT: True
    scrolls to the end: True
    and back to the top: True
    the terminal's settings are restored: True
    colored: True
    first frame has networks: True
    one JSON document per line
    several text reports
    2
    a part of the status
    0
    1
    1 documents, 0 faults
    ['web'] ['dmz0']
    {'containers': 1, 'networks': 1, 'networksUp': 1, 'nics': 1, 'nicsAllowed': 29, \#
    'nicsUsed': 1, 'users': 1}
    x quotas: line 6 of /etc/lxc/lxc-usernet grants nothing: the count "many" is not
    2
    2
    0
    1
    1 documents, 0 faults
    1 documents, 0 faults
    root: ([], [0, 0, 0, 0])
    a full file system
    1
    2
    2
    x quotas: line 1 of /etc/lxc/lxc-usernet grants nothing: the count "many" is not
      a number
    """#
