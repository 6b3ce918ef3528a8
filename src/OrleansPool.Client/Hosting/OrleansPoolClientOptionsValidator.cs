using Microsoft.Extensions.Options;

namespace OrleansPool.Client.Hosting;

/// <summary>Checks <see cref="OrleansPoolClientOptions"/>: every failure names the value and the rule.</summary>
internal sealed class OrleansPoolClientOptionsValidator : IValidateOptions<OrleansPoolClientOptions>
{
    public ValidateOptionsResult Validate(string? name, OrleansPoolClientOptions options)
    {
        List<string> failures = [];
        if (!ByteSize.TryParse(options.LocalCapacity, out long bytes) || bytes <= 0)
        {
            failures.Add($"LocalCapacity is '{options.LocalCapacity}': write an amount of memory above zero, such as 64MiB.");
        }

        if (options.CallPatience < TimeSpan.Zero) failures.Add($"CallPatience is {options.CallPatience}: it is zero (one attempt) or more.");
        failures.AddRange(PemFiles.Problems(
            (nameof(options.DataCertificateFile), options.DataCertificateFile),
            (nameof(options.DataCertificateKeyFile), options.DataCertificateKeyFile),
            (nameof(options.DataAuthorityFile), options.DataAuthorityFile)));
        if (!options.UsesDataTls && (options.DataAuthorityFile ?? options.DataCertificateFile ?? options.DataCertificateKeyFile) is { } file)
        {
            failures.Add($"'{file}' is to secure the data plane and UsesDataTls is not set: nothing would be secured.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
