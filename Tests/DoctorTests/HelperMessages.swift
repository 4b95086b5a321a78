import Linux
import NIC
import Testing

@testable import Doctor

/// The messages of berth-nic, as lxc-start logs them.
@Suite
struct HelperMessages {
    @Test("a log explains the refusals that a policy or a configuration causes")
    func refusals() {
        let refusals: [(refusal: Refusal, id: String)] = [
            (.noLine(user: "alice", bridge: "lxcbr0", reason: ""), "nic-no-line"),
            (
                .quotaReached(user: "alice", bridge: "lxcbr0", used: 1, allowed: 1, lines: [1]),
                "nic-quota"
            ),
            (
                .quotaReached(user: "alice", bridge: "lxcbr0", used: 2, allowed: 2, lines: [1, 2]),
                "nic-quota"
            ),
            (.policy(.missing(path: "/etc/lxc/lxc-usernet")), "nic-no-file"),
            (.policy(.writableByOthers(path: "/etc/lxc")), "nic-trust"),
            (.noBridge("lxcbr0"), "nic-no-bridge"),
            (.notABridge("eth0"), "nic-not-bridge"),
            (.notSetuid, "nic-not-setuid"),
            (.nameTaken("eth0"), "nic-same-name"),
            (
                .ledger(
                    .busy(path: "/run/lxc/nics", seconds: 10, holder: LockHolder(ProcessID(7)))),
                "nic-lock"
            ),
            (.namespaceNotYours, "nic-namespace"),
            (
                .optionNeedsBridge(line: 1, options: ["isolated", "rate"], bridge: "ovs0"),
                "nic-option"
            ),
            (.optionUnknownToKernel(line: 1, option: "macfilter"), "nic-option"),
            (.bridgeIgnoresVLANs(line: 1, bridge: "lxcbr0"), "nic-option"),
            (.schedulerMissing(line: 1, module: "act_police"), "nic-option"),
            (.noAddressFilter(line: 1, bridge: "br0"), "nic-option"),
        ]
        for (refusal, id) in refusals {
            let line = "lxc-user-nic failed to configure requested network: berth-nic: \(refusal)"
            #expect(
                LXCLogMessage.known(on: .alices).first { $0.matches(LXCLogLine(line)) }?.id == id,
                "\(line)")
        }
    }
}
