using Microsoft.Extensions.Options;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Tests.DataPlane;

namespace OrleansPool.Client.Tests.Hosting;

/// <summary>A wrong option is told with its name, its value and the rule.</summary>
public sealed class OrleansPoolClientOptionsValidatorTests
{
    [Fact]
    public void The_defaults_are_right() => Assert.True(Validate(new OrleansPoolClientOptions()).Succeeded);

    [Theory]
    [InlineData("lots")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1MiB")]
    [InlineData("79228162514264337593543950335TiB")]
    public void A_local_capacity_that_is_no_amount_above_zero_is_refused(string value) =>
        AssertRefused(new OrleansPoolClientOptions { LocalCapacity = value }, $"LocalCapacity is '{value}'", "above zero", "64MiB");

    [Fact]
    public void A_patience_below_zero_is_refused_and_none_is_not()
    {
        AssertRefused(new OrleansPoolClientOptions { CallPatience = TimeSpan.FromSeconds(-1) }, "CallPatience is -00:00:01", "zero (one attempt) or more");
        Assert.True(Validate(new OrleansPoolClientOptions { CallPatience = TimeSpan.Zero }).Succeeded);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once() =>
        AssertRefused(new OrleansPoolClientOptions { LocalCapacity = "x", CallPatience = TimeSpan.MinValue }, "LocalCapacity", "CallPatience");

    [Fact]
    public void A_file_for_TLS_without_TLS_is_refused()
    {
        using var certificate = new LoopbackCertificate();
        AssertRefused(new OrleansPoolClientOptions { DataAuthorityFile = certificate.CertificateFile }, certificate.CertificateFile, "UsesDataTls", "nothing would be secured");
    }

    private static ValidateOptionsResult Validate(OrleansPoolClientOptions options) =>
        new OrleansPoolClientOptionsValidator().Validate(null, options);

    private static void AssertRefused(OrleansPoolClientOptions options, params string[] said)
    {
        ValidateOptionsResult result = Validate(options);
        Assert.True(result.Failed);
        Assert.All(said, part => Assert.Contains(part, result.FailureMessage, StringComparison.Ordinal));
    }
}
