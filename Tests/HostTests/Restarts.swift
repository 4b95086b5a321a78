import TestSupport
import Testing

/// A container that is restarted repeatedly keeps its hardware address. See restarts.sh.
/// `RESTARTS` in the environment sets the number of restarts of each kind.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Restarts {
    @Test("a container keeps its address and one NIC over restarts, killed inits and reboots")
    func kinds() async {
        let count = variable("RESTARTS") ?? "10"
        let directory = String(#filePath.dropLast("/HostTests/Restarts.swift".count))
        let said = await runAside(
            ["\(directory)/lxc-host.sh", "\(directory)/HostTests/restarts.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "RESTARTS": count,
            ])
        expect(
            said.lines,
            is: ["stop_and_start", "kill_and_start", "reboot_inside"].map {
                "\($0): \(count) restarts, 1 NIC, 1 row"
            } + ["addresses: 1"], said.errorOutput)
    }
}
