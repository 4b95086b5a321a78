import Identity
import Linux
import Netlink
import Testing
import Usernet

@Suite("Derived hardware addresses")
struct Addresses {
    /// The key 00 01 … 1f, and what Python's hmac module computes with it.
    @Test(
        "derived addresses match known answers",
        arguments: [
            ("lxcbr0", 1000, "web", 0, 0, "df29fda6"),
            ("lxcbr0", 1000, "web", 1, 0, "16290a3e"),
            ("lxcbr0", 1000, "web", 0, 1, "0e14adea"),
            ("lxcbr1", 1000, "web", 0, 0, "312de3c5"),
            ("lxcbr0", 1001, "web", 0, 0, "a249b3b3"),
            ("none", 4_294_967_294, "w\n\u{e9}", 0, 0, "40e527b8"),
        ])
    func knownAnswers(
        bridge: String, owner: UInt32, name: String, number: Int, sequence: Int, tail: String
    ) throws {
        let identity = ContainerIdentity(owner: owner, name: Array(name.utf8), number: number)
        let bytes = identity.addressTail(
            on: try self.bridge(bridge), sequence: sequence, key: try key())
        #expect(hexadecimal(bytes) == tail)
    }

    @Test("the host's end shows the address of the container's end")
    func ends() throws {
        let tail: [UInt8] = [1, 2, 0xab, 4]
        for block in HardwareBlock.allCases {
            let host = block.hostAddress(tail)
            let container = block.containerAddress(tail)
            #expect(HardwareBlock(hostAddress: host) == block)
            #expect(HardwareBlock(containerAddress: container) == block)
            #expect(HardwareBlock(containerAddress: host) == nil)
            #expect(HardwareBlock.containerAddress(ofHostEnd: host) == container)
            // Locally administered, and not a group address.
            #expect(container.bytes[0] & 3 == 2 && container.isUnicast)
        }
        #expect(HardwareBlock.filtered.containerAddress(tail).description == "b2:be:01:02:ab:04")
        #expect(HardwareBlock.ordinary.hostAddress(tail).description == "fe:bf:01:02:ab:04")
        let foreign = try #require(MACAddress(text: "fe:c0:01:02:ab:04".utf8))
        #expect(HardwareBlock.containerAddress(ofHostEnd: foreign) == nil)
    }

    @Test("a key has 32 bytes")
    func sizes() {
        #expect(IdentityKey([UInt8](repeating: 7, count: 32)) != nil)
        #expect(IdentityKey([UInt8](repeating: 7, count: 31)) == nil)
        #expect(IdentityKey([]) == nil)
    }

    private func key() throws -> IdentityKey { try #require(IdentityKey(Array(0..<32))) }

    private func bridge(_ name: String) throws -> UsernetBridge {
        try #require(UsernetBridge(name.utf8))
    }
}

@Suite("Reserved addresses")
struct Reservations {
    @Test("reserved addresses are read as they were written, and refused only to other containers")
    func roundTrip() throws {
        let bridge = try #require(UsernetBridge("lxcbr0".utf8))
        let address = HardwareBlock.filtered.containerAddress([1, 2, 3, 4])
        let holder = ContainerIdentity(owner: 1000, name: Array("a b\n#\\".utf8), number: 2)
        let list = ReservedAddresses([
            ReservedAddresses.Entry(bridge: bridge, address: address, holder: holder)
        ])
        let text = String(decoding: list.text, as: UTF8.self)
        #expect(text == "lxcbr0 b2:be:01:02:03:04 1000 2 a\\040b\\012#\\\n")
        #expect(ReservedAddresses(text: list.text) == list)
        #expect(!list.isReserved(address, on: bridge, otherThanFor: holder))
        let other = ContainerIdentity(owner: 1000, name: holder.name, number: 1)
        #expect(list.isReserved(address, on: bridge, otherThanFor: other))
        let otherBridge = try #require(UsernetBridge("lxcbr1".utf8))
        #expect(!list.isReserved(address, on: otherBridge, otherThanFor: other))
    }

    @Test("lines of another form are ignored")
    func otherLines() {
        let text = """
            # comment

            lxcbr0 b2:be:01:02:03 1000 0 web
            lxcbr0 b2:be:01:02:03:04 -1 0 web
            lxcbr0 b2:be:01:02:03:04 1000 0 web more
            lxcbr0 b2:be:01:02:03:04 1000 0
            lxcbr0 b2:bf:01:02:03:04 1000 0 web
            """
        #expect(ReservedAddresses(text: Array(text.utf8)).entries.count == 1)
    }
}
