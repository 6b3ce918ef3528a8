using System.Buffers.Text;
using System.Text;
using CsCheck;

namespace OrleansPool.Abstractions.Tests.Leases;

/// <summary>Text from anywhere: what is not a token is told, and nothing else is thrown.</summary>
public sealed class LeaseTokenDamageTests
{
    private const string Prefix = "opl_";

    [Fact]
    public void A_token_cut_short_is_no_token()
    {
        byte[] whole = Decode(Tokens.Fixed().ToString());
        for (int length = 0; length < whole.Length; length++) AssertRefused(Encode(whole.AsSpan(0, length)));
    }

    [Fact]
    public void A_token_with_something_behind_it_is_no_token() =>
        Gen.Select(Tokens.Any, Gen.Byte.Array[1, 40]).Sample((token, more) => AssertRefused(Encode([.. Decode(token.ToString()), .. more])));

    [Fact]
    public void Damaged_bytes_are_refused_or_are_another_token_and_never_crash() =>
        Gen.Select(Tokens.Any, Gen.Select(Gen.Int[0, 100_000], Gen.Byte[1, 255]).Array[1, 4]).Sample((token, flips) =>
        {
            byte[] bytes = Decode(token.ToString());
            foreach ((int at, byte flip) in flips) bytes[at % bytes.Length] ^= flip;
            AssertSound(Encode(bytes));
        });

    [Fact]
    public void Damaged_text_is_refused_or_is_a_token_and_never_crashes() =>
        Gen.Select(Tokens.Any, Gen.Int[0, 100_000], Gen.Char).Sample((token, at, c) =>
        {
            char[] text = token.ToString().ToCharArray();
            text[at % text.Length] = c;
            AssertSound(new string(text));
        });

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("@7")]
    [InlineData("silo")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:11111")]
    [InlineData("127.0.0.1@7")]
    [InlineData("127.0.0.1:-1@7")]
    [InlineData("127.0.0.1:99999@7")]
    [InlineData("127.0.0.1:11111@99999999999")]
    [InlineData("127.0.0.1:99999999999@7")]
    [InlineData("999.0.0.1:11111@7")]
    [InlineData(":11111@7")]
    public void A_home_that_is_no_silos_address_is_refused(string address) => AssertRefused(WithHome(address));

    [Fact]
    public void A_home_that_is_any_text_is_refused_or_is_an_address_and_never_crashes() =>
        Gen.OneOf(Gen.Char["0123456789.:@-"].Array[0, 30], Gen.Char['\0', '\x7f'].Array[0, 30])
            .Sample(address => AssertSound(WithHome(new string(address))), iter: 20_000);

    [Fact]
    public void Random_bytes_and_text_are_refused_and_never_crash()
    {
        Gen.Byte.Array[0, 300].Sample(bytes => AssertSound(Encode(bytes)));
        Gen.Byte.Array[0, 300].Sample(bytes => AssertSound(Encode([1, 1, (byte)'p', .. bytes])));
        Gen.String.Sample(AssertSound);
        Gen.String.Sample(text => AssertSound(Prefix + text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("opl_")]
    [InlineData("OPL_AQ")]
    [InlineData("opl_====")]
    [InlineData("opl_ä")]
    [InlineData(" opl_AQ")]
    public void Text_that_is_no_token_is_told_without_being_repeated(string text)
    {
        var error = Assert.Throws<FormatException>(() => LeaseToken.Parse(text));

        Assert.Contains("'opl_'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{text.Length} characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_token_does_not_show_in_the_error()
    {
        string text = Tokens.Fixed().ToString()[..^10];
        var error = Assert.Throws<FormatException>(() => LeaseToken.Parse(text));
        Assert.DoesNotContain(text[Prefix.Length..], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_no_token()
    {
        Assert.False(LeaseToken.TryParse(null, null, out LeaseToken? token));
        Assert.Null(token);
        Assert.Throws<ArgumentNullException>(() => LeaseToken.Parse(null!));
    }

    /// <summary>What is read at all can be written and read again.</summary>
    private static void AssertSound(string text)
    {
        if (LeaseToken.TryParse(text, null, out LeaseToken? token))
        {
            Assert.Equal(token, LeaseToken.Parse(token.ToString()));
            Assert.True(token.Extents.Sum(extent => (decimal)extent.BlockCount) * token.BlockBytes >= token.Length);
        }
        else
        {
            AssertRefused(text);
        }
    }

    private static void AssertRefused(string text)
    {
        Assert.False(LeaseToken.TryParse(text, null, out LeaseToken? token));
        Assert.Null(token);
        Assert.Throws<FormatException>(() => LeaseToken.Parse(text));
    }

    /// <summary>A token whose first home is some text.</summary>
    private static string WithHome(string address)
    {
        byte[] bytes = Decode(Tokens.Fixed().ToString());
        int at = bytes.AsSpan().IndexOf("127.0.0.1"u8);
        return Encode([.. bytes[..(at - 1)], (byte)address.Length, .. Encoding.UTF8.GetBytes(address), .. bytes[(at + bytes[at - 1])..]]);
    }

    private static byte[] Decode(string text) => Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length));

    private static string Encode(ReadOnlySpan<byte> bytes) => Prefix + Base64Url.EncodeToString(bytes);
}
