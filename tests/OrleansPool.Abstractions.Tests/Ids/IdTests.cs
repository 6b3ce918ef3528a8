using CsCheck;
using OrleansPool.Abstractions.Tests.Leases;

namespace OrleansPool.Abstractions.Tests.Ids;

public sealed class IdTests
{
    [Fact]
    public void A_lease_id_shows_eight_digits_of_its_secret_and_no_more() => Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) =>
    {
        var id = new LeaseId(new UInt128(high, low));

        Assert.Equal($"{high >> 32:x8}…", id.ToString());
        Assert.Equal(id.ToString(), $"{id}");
    });

    [Fact]
    public void What_contains_a_lease_id_does_not_show_its_secret_either()
    {
        LeaseExtent extent = Tokens.Fixed().Extents[1];
        string secret = extent.Key.Id.Value.ToString("x32");

        Assert.Contains(extent.Key.Id.ToString(), extent.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret[8..16], extent.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(extent.Key.Id.Value.ToString(), extent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_read_as_fixed_digits_and_a_node_as_its_address()
    {
        Assert.Equal("00000000000000ff", new SegmentId(255).ToString());
        Assert.Equal("000000000000000000000000000000ff", new NodeIncarnation(255).ToString());
        Assert.Equal("127.0.0.1:11111@7", Tokens.Node(11111).ToString());
        Assert.Equal("(no node)", default(NodeId).ToString());
    }

    [Fact]
    public void Two_lives_of_one_address_are_two_nodes()
    {
        NodeId node = Tokens.Node(11111);
        Assert.NotEqual(node, node with { Incarnation = new NodeIncarnation(1) });
    }
}
