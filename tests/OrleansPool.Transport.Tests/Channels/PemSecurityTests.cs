using System.Net;
using System.Net.Security;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Channels;

public sealed class PemSecurityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanspool").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_certificate_that_was_renewed_is_used_and_one_that_cannot_be_read_is_not()
    {
        using var former = new TestAuthority("one");
        using var later = new TestAuthority("two");
        string file = Path.Combine(_folder, "node.pem");
        former.IssueTo(file, "localhost");
        using var acceptor = new SocketAcceptor(IPAddress.Loopback, 0, new PemSecurity(file, null, null).ForServer(), "localhost");

        Assert.True(await IsTrustedAsync(acceptor, former));
        await File.WriteAllTextAsync(file, "half a fi", TestContext.Current.CancellationToken);
        Assert.True(await IsTrustedAsync(acceptor, former));
        later.IssueTo(file, "localhost");
        Assert.True(await IsTrustedAsync(acceptor, later));
        Assert.False(await IsTrustedAsync(acceptor, former));
    }

    [Fact]
    public async Task A_first_file_that_cannot_be_read_secures_nothing()
    {
        using var authority = new TestAuthority("one");
        string file = Path.Combine(_folder, "node.pem");
        await File.WriteAllTextAsync(file, "half a fi", TestContext.Current.CancellationToken);
        using var acceptor = new SocketAcceptor(IPAddress.Loopback, 0, new PemSecurity(file, null, null).ForServer(), "localhost");

        Assert.False(await IsTrustedAsync(acceptor, authority));
    }

    private static async Task<bool> IsTrustedAsync(SocketAcceptor acceptor, TestAuthority authority)
    {
        var dialer = new SocketDialer(new ClientSecurity(_ => new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = authority.Policy() }));
        Task accepting = AcceptAsync(acceptor);
        bool isTrusted = true;
        try
        {
            using IByteChannel channel = await dialer.DialAsync(acceptor.Endpoint, CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
        }
        catch (IOException)
        {
            isTrusted = false;
        }

        await accepting.WaitAsync(Eventually.Patience);
        return isTrusted;
    }

    private static async Task AcceptAsync(SocketAcceptor acceptor)
    {
        using IIncoming incoming = (await acceptor.AcceptAsync())!;
        try
        {
            using IByteChannel channel = await incoming.OpenAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException)
        {
            // The other end did not trust this one, or there is nothing to show.
        }
    }
}
