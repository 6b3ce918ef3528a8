using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansPool.Core.Wire;
using OrleansPool.Server.Hosting;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.DataPlane;

/// <summary>
/// Admits whoever knows <see cref="OrleansPoolOptions.DataKey"/>; whoever reaches the port, where there is none. The key goes over the wire
/// as it is, so it belongs on a network that nobody listens to, or under TLS.
/// </summary>
internal sealed class SharedKeyAdmission(IOptionsMonitor<OrleansPoolOptions> options) : IDataAdmission
{
    public ValueTask<Admission> AdmitAsync(Hello hello, string remoteName)
    {
        bool isKnown = options.CurrentValue.DataKey is not { Length: > 0 } key
            || CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), SHA256.HashData(hello.Credentials.Span));
        return new ValueTask<Admission>(isKnown
            ? Admission.Of(new Principal(remoteName, hello.Sender))
            : Admission.Refused(RefusalReason.AccessDenied, "the data key is not this cluster's"));
    }
}
