import TestSupport
import Testing

/// Many at once, some of them killed: the quota holds, and the ledger is the truth.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Races {
    @Test("64 at once against a quota of 10 make 10 NICs and 10 rows")
    func quota() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 10")
            let container = Container(of: 2000)
            let outcome = shell(
                patience + """
                    for n in $(seq 64); do patiently create /p n \(container.process) veth br0 & done; wait
                    """)
            expect(host.nics.count, is: 10)
            expect(host.ledger.count, is: 10)
            expect(Set(host.rowNICs) == Set(host.nics))
            expect(outcome.lines.count { $0.hasPrefix("eth") }, is: 10)
            expect(outcome.lines.count { $0.contains("has 10 of 10 NICs on br0") }, is: 54)
        }
    }

    @Test("killed at random, they leave no NIC that is not counted")
    func killed() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("bob veth br0 1")
            let bobs = try #require(
                Answer(Program.ours.create(Container(of: 2001), on: "br0", as: 2001)))
            let container = Container(of: 2000)
            for _ in 1...5 {
                host.allow("eve veth br0 200", "bob veth br0 1")
                shell(
                    """
                    for n in $(seq 32); do
                      timeout -s KILL 0.00$((n % 10))$((n % 7)) setpriv --reuid 2000 --regid 2000 \
                        --clear-groups /run/test/bin/ours-nic create /p n \(container.process) veth br0 &
                    done; wait
                    # timeout(1) ends with what it kills, which may still be in a call of the kernel's.
                    while ps -C ours-nic -o stat= | grep -qv ^Z; do sleep 0.02; done
                    """)
                expect(Set(host.nics).isSubset(of: host.rowNICs), "\(host.nics) \(host.ledger)")
                expect(host.ledger.contains("bob veth br0 \(bobs.hostName)"))
                // Whoever comes next, for the last place, finds it and puts all in order.
                host.allow("eve veth br0 \(host.nics.count)", "bob veth br0 1")
                expect(Program.ours.create(container, on: "br0").status, is: 0)
                expect(Set(host.rowNICs) == Set(host.nics))
            }
        }
    }

    @Test("creates and deletes at once leave what was not deleted")
    func createsAndDeletes() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            host.allow("eve veth br0 100")
            let container = Container(of: 2000)
            let place = "/proc/\(container.process)/ns/net"
            let outcome = shell(
                patience + """
                    for n in $(seq 24); do
                      (a=$(patiently create /p n \(container.process) veth br0) || echo "no: $a"
                       if [ $((n % 2)) = 0 ]; then
                         a=$(patiently delete /p n \(place) veth br0 $(echo $a | cut -d: -f3)) || echo "no: $a"
                       fi) &
                    done; wait
                    """)
            expect(outcome.output, is: "", "\(outcome)")
            expect(host.nics.count, is: 12)
            expect(Set(host.rowNICs) == Set(host.nics))
        }
    }
}

/// A helper gives up after ten seconds for which others held the lock: on a busy machine these may need them.
private let patience = """
    patiently() {
      local said status
      while
        said=$(setpriv --reuid 2000 --regid 2000 --clear-groups /run/test/bin/ours-nic "$@" 2>&1)
        status=$?
        [[ $status != 0 && $said == *'the lock of'* ]]
      do :; done
      echo "$said"
      return $status
    }

    """

extension Host {
    /// The NICs that the ledger's rows name.
    var rowNICs: [String] { ledger.compactMap { $0.split(separator: " ").last.map(String.init) } }
}
