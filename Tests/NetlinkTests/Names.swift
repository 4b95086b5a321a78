import Netlink
import Testing

@Suite struct Names {
    @Test(
        "valid names of interfaces are accepted",
        arguments: [
            "a", "eth0", "lxcbr0", "veth65536_abCD", "123456789012345", "...", "br-lan.7", "@x",
            "#x",
        ])
    func valid(name: String) {
        #expect(InterfaceName(name.utf8)?.description == name)
    }

    @Test(
        "names that the kernel refuses, truncates or takes for a pattern are refused",
        arguments: [
            "", ".", "..", "1234567890123456", "a b", "a/b", "a:b", "eth%d", "a\n", "a\u{0}", "é",
            "a\t",
        ])
    func invalid(name: String) {
        #expect(InterfaceName(name.utf8) == nil)
    }
}
