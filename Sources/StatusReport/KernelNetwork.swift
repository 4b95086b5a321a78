internal import Netlink

/// The host's interfaces as the kernel lists them.
struct KernelNetwork {
    var interfaces: [Interface] = []
    var addresses: [InterfaceAddress] = []
    var veths: [Interface] { interfaces.filter { $0.kind == .veth } }

    func interface(at index: InterfaceIndex?) -> Interface? {
        interfaces.first { $0.index == index }
    }
}
