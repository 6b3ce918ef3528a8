using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace OrleansPool.Abstractions.Tests.Leases;

/// <summary>A token goes through text, JSON and Orleans, and comes out as the same right.</summary>
public sealed class LeaseTokenTests
{
    private static readonly Serializer Orleans =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Fact]
    public void Any_token_comes_back_from_its_text() => Tokens.Any.Sample(token =>
    {
        Assert.Equal(token, LeaseToken.Parse(token.ToString()));
        Assert.Equal(token.GetHashCode(), LeaseToken.Parse(token.ToString()).GetHashCode());
    });

    [Fact]
    public void Any_token_comes_back_from_Orleans() => Tokens.Any.Sample(token =>
        Assert.Equal(token, Orleans.Deserialize<LeaseToken>(Orleans.SerializeToArray(token))));

    [Fact]
    public void Any_token_comes_back_from_json() => Tokens.Any.Sample(token =>
    {
        Assert.Equal(token, JsonSerializer.Deserialize<LeaseToken>(JsonSerializer.Serialize(token)));
        Assert.Equal(new Frame(3, token), JsonSerializer.Deserialize<Frame>(JsonSerializer.Serialize(new Frame(3, token))));
    });

    [Fact]
    public void In_json_a_token_is_its_text()
    {
        LeaseToken token = Tokens.Fixed();
        Assert.Equal($"\"{token}\"", JsonSerializer.Serialize(token));
        Assert.Equal("""{"Number":1,"Token":null}""", JsonSerializer.Serialize(new Frame(1, null)));
        Assert.Null(JsonSerializer.Deserialize<Frame>("""{"Number":1,"Token":null}""")!.Token);
    }

    [Theory]
    [InlineData("\"opl_\"")]
    [InlineData("\"\"")]
    [InlineData("12")]
    [InlineData("{}")]
    [InlineData("[true]")]
    public void Json_that_is_no_token_is_refused_as_json(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<LeaseToken>(json));

    [Fact]
    public void The_text_of_version_1_is_on_record()
    {
        const string Golden =
            "opl_AQZmcmFtZXMQJwAAAAAAAAAQAAACAAMAETEyNy4wLjAuMToxMTExMUA3EDJUdpi63P7vzauJZ0UjARExMjcuMC4wLjE6MTEx"
            + "MTJANxAyVHaYutz-782riWdFIwEAAIh3ZlVEMyIRAAAAAAUAAAAAAAAAAAAAAAAAAAAYB_bl1MOyoQIBAAAAAQCJd2ZVRDMiEQEA"
            + "AAAGAAAAAAAAAAEAAAAAAAAAGAf25dTDsqECAQAAAAAAindmVUQzIhECAAAABwAAAAAAAAACAAAAAAAAABgH9uXUw7KhAgEAAAA";

        Assert.Equal(Golden, Tokens.Fixed().ToString());
        Assert.Equal(Tokens.Fixed(), LeaseToken.Parse(Golden));
    }

    [Fact]
    public void A_token_of_as_many_extents_as_may_be_comes_back_and_one_more_is_refused()
    {
        LeaseExtent extent = Tokens.Fixed().Extents[0];
        var most = new LeaseToken("p", 1, 64, [.. Enumerable.Range(0, LeaseToken.ExtentCountMax).Select(i => extent with { Home = Tokens.Node(i) })]);

        Assert.Equal(most, LeaseToken.Parse(most.ToString()));
        var error = Assert.Throws<ArgumentException>(() => new LeaseToken("p", 1, 64, most.Extents.Add(extent)));
        Assert.Contains("4096", error.Message, StringComparison.Ordinal);
        Assert.Contains("4097", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_not_made_of_parts_that_it_could_not_be_read_from()
    {
        LeaseToken token = Tokens.Fixed();
        Assert.Throws<ArgumentException>(() => new LeaseToken("", 1, 64, token.Extents));
        Assert.Throws<ArgumentException>(() => new LeaseToken(new string('p', 65), 1, 64, token.Extents));
        Assert.Throws<ArgumentException>(() => new LeaseToken("två", 1, 64, token.Extents));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeaseToken("p", 0, 64, token.Extents));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeaseToken("p", -1, 64, token.Extents));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeaseToken("p", 1, 0, token.Extents));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeaseToken("p", 1, 96, token.Extents));
        Assert.Throws<ArgumentException>(() => new LeaseToken("p", 1, 64, []));
        Assert.Throws<ArgumentException>(() => new LeaseToken("p", 1, 64, default));
        var error = Assert.Throws<ArgumentException>(() => new LeaseToken("p", 193, 64, token.Extents));
        Assert.Contains("3 blocks of 64 bytes, too few for 193 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_differ_in_anything_are_not_equal()
    {
        LeaseToken token = Tokens.Fixed();
        LeaseToken[] others =
        [
            new("other", token.Length, token.BlockBytes, token.Extents),
            new(token.Pool, token.Length - 1, token.BlockBytes, token.Extents),
            new(token.Pool, token.Length, token.BlockBytes * 2, token.Extents),
            new(token.Pool, token.Length, token.BlockBytes, token.Extents.SetItem(2, token.Extents[2] with { BlockCount = 2 })),
        ];
        Assert.All(others, other => Assert.NotEqual(token, other));
        Assert.All(others, other => Assert.NotEqual(token.ToString(), other.ToString()));
        Assert.False(token.Equals(null));
    }

    private sealed record Frame(int Number, LeaseToken? Token);
}
