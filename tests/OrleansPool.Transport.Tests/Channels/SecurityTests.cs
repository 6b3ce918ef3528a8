using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Server;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Channels;

public sealed class SecurityTests
{
    private static readonly TransportOptions Options =
        new() { BackOffFirst = TimeSpan.FromMilliseconds(1), BackOffMax = TimeSpan.FromMilliseconds(2), HandshakeMax = TimeSpan.FromSeconds(20) };

    [Fact]
    public async Task Under_TLS_the_connection_is_as_good_as_without()
    {
        using var ca = new TestAuthority("one");
        using X509Certificate2 certificate = ca.Issue("localhost");
        await using DataListener listener = Listen(new FakeNode(), new LogCollector(), () => new SslServerAuthenticationOptions { ServerCertificate = certificate });
        using var client = Client(_ => Trusting(ca));
        DataConnection connection = await ConnectAsync(client, listener);
        await Plane.ServesAsync(connection);
        byte[] large = new byte[1 << 20];
        await Task.WhenAll(Enumerable.Range(1, 16).Select(worker => ReadAsync(connection, (ulong)worker))).WaitAsync(Eventually.Patience);
        Assert.Equal(OperationStatusOk, (await connection.ReadAsync(Ask.Tagged(5, large.Length), large, CancellationToken.None)).Status.ToString());
        Assert.True(Ask.IsTagged(large, 5));
        await listener.DisposeAsync();
        await Eventually.IsTrue(() => connection.IsEnded, "the end comes through");

        static async Task ReadAsync(DataConnection connection, ulong worker)
        {
            byte[] destination = new byte[20_000];
            for (ulong i = 0; i < 50; i++)
            {
                ulong tag = (worker << 20) + i;
                await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None);
                Assert.True(Ask.IsTagged(destination, tag));
            }
        }
    }

    [Fact]
    public async Task With_mutual_TLS_only_a_client_with_a_good_certificate_comes_in()
    {
        using var ca = new TestAuthority("one");
        using var otherCa = new TestAuthority("two");
        using X509Certificate2 certificate = ca.Issue("localhost");
        using X509Certificate2 good = ca.Issue("client");
        using X509Certificate2 bad = otherCa.Issue("client");
        var log = new LogCollector();
        await using DataListener listener = Listen(
            new FakeNode(), log, () => new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = true, CertificateChainPolicy = ca.Policy() });
        using var welcome = Client(_ => Trusting(ca, good));
        await Plane.ServesAsync(await ConnectAsync(welcome, listener));
        Assert.Equal(1, listener.Counters.AdmittedCount);
        foreach (X509Certificate2? shown in new[] { bad, null })
        {
            using var client = Client(_ => Trusting(ca, shown));
            await Assert.ThrowsAsync<ConnectionLostException>(() => ConnectAsync(client, listener));
        }

        await Eventually.IsTrue(() => log.Lines.Count(line => line.Level == LogLevel.Warning && line.Message.Contains("TLS with", StringComparison.Ordinal)) == 2, "the log tells of both");
        Assert.Equal(1, listener.Counters.AdmittedCount);
    }

    [Fact]
    public async Task A_node_whose_certificate_is_of_another_authority_or_for_another_host_is_not_trusted()
    {
        using var ca = new TestAuthority("one");
        using var otherCa = new TestAuthority("two");
        using X509Certificate2 foreign = otherCa.Issue("localhost");
        using X509Certificate2 misnamed = ca.Issue("elsewhere");
        foreach (X509Certificate2 certificate in new[] { foreign, misnamed })
        {
            await using DataListener listener = Listen(new FakeNode(), new LogCollector(), () => new SslServerAuthenticationOptions { ServerCertificate = certificate });
            using var client = Client(_ => Trusting(ca));
            ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => ConnectAsync(client, listener));
            Assert.True(lost.IsUnsent);
            Assert.Contains("certificate", lost.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(listener.Endpoint.ToString(), lost.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_plain_client_at_a_TLS_port_fails_with_a_line_in_the_log()
    {
        using var ca = new TestAuthority("one");
        using X509Certificate2 certificate = ca.Issue("localhost");
        var log = new LogCollector();
        await using DataListener listener = Listen(new FakeNode(), log, () => new SslServerAuthenticationOptions { ServerCertificate = certificate });
        using var client = new DataClient(new SocketDialer(), "test", () => default, Options);
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => ConnectAsync(client, listener));
        Assert.True(lost.IsUnsent);
        await Eventually.IsTrue(() => log.Lines.Any(line => line.Level == LogLevel.Warning && line.Message.Contains("TLS with", StringComparison.Ordinal)), "the log tells of it");
    }

    [Fact]
    public async Task A_TLS_client_at_a_plain_port_fails_on_both_sides_with_what_happened()
    {
        using var ca = new TestAuthority("one");
        var log = new LogCollector();
        await using DataListener listener = Listen(new FakeNode(), log, null);
        using var client = Client(_ => Trusting(ca));
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => ConnectAsync(client, listener));
        Assert.Contains(listener.Endpoint.ToString(), lost.Message, StringComparison.Ordinal);
        await Eventually.IsTrue(() => log.Lines.Any(line => line.Message.Contains("does not speak this protocol", StringComparison.Ordinal)), "the log tells of it");
        Assert.Equal(1, listener.Counters.RefusedCount(RefusalReason.Malformed));
    }

    [Fact]
    public async Task A_certificate_that_was_renewed_is_shown_on_the_next_connection()
    {
        using var ca = new TestAuthority("one");
        using X509Certificate2 first = ca.Issue("localhost");
        using X509Certificate2 second = ca.Issue("localhost");
        X509Certificate2 current = first;
        var seen = new List<string>();
        await using DataListener listener = Listen(new FakeNode(), new LogCollector(), () => new SslServerAuthenticationOptions { ServerCertificate = current });
        using var client = Client(_ =>
        {
            SslClientAuthenticationOptions options = Trusting(ca);
            options.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
            {
                seen.Add(shown!.GetSerialNumberString());
                return errors == SslPolicyErrors.None;
            };
            return options;
        });
        DataConnection before = await ConnectAsync(client, listener, Lane.Express);
        current = second;
        DataConnection after = await ConnectAsync(client, listener, Lane.Bulk);
        Assert.Equal([first.SerialNumber, second.SerialNumber], seen);
        await Plane.ServesAsync(before);
        await Plane.ServesAsync(after);
    }

    [Fact]
    public async Task The_reason_of_a_refusal_goes_out_under_TLS_too()
    {
        using var ca = new TestAuthority("one");
        using X509Certificate2 certificate = ca.Issue("localhost");
        var node = new FakeNode { OnAdmit = _ => new(Admission.Refused(RefusalReason.AccessDenied, "not you")) };
        await using DataListener listener = Listen(node, new LogCollector(), () => new SslServerAuthenticationOptions { ServerCertificate = certificate });
        using var client = Client(_ => Trusting(ca));
        ConnectionLostException lost = await Assert.ThrowsAsync<ConnectionLostException>(() => ConnectAsync(client, listener));
        Assert.Equal(RefusalReason.AccessDenied, lost.Reason);
        Assert.Contains("not you", lost.Message, StringComparison.Ordinal);
    }

    private const string OperationStatusOk = "Ok";

    private static DataListener Listen(FakeNode node, LogCollector log, Func<SslServerAuthenticationOptions>? options) =>
        new(new SocketAcceptor(IPAddress.Loopback, 0, options is null ? null : new ServerSecurity(options), "localhost"), node, Options, log);

    private static DataClient Client(Func<string, SslClientAuthenticationOptions> options) =>
        new(new SocketDialer(new ClientSecurity(options)), "test", () => Encoding.UTF8.GetBytes("tester"), Options);

    private static SslClientAuthenticationOptions Trusting(TestAuthority ca, X509Certificate2? certificate = null) => new()
    {
        TargetHost = "localhost",
        CertificateChainPolicy = ca.Policy(),
        ClientCertificates = certificate is null ? null : [certificate],
    };

    private static Task<DataConnection> ConnectAsync(DataClient client, DataListener listener, Lane lane = Lane.Express) =>
        client.LinkTo(new NodeIncarnation(7), listener.Endpoint).GetAsync(lane, CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
}
