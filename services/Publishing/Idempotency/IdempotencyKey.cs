using Marten;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>Refuses, by a <see cref="ProblemException"/>, what the caller may not read.</summary>
public delegate Task CheckAccess(IQuerySession session, Caller caller, Guid id, CancellationToken ct);

/// <summary>A request of this endpoint may name itself by an Idempotency-Key of so many characters or more.</summary>
/// <param name="Access">Asked before an answer is given again, since who asks may not be who may read it by now.</param>
public sealed record TakesIdempotencyKey(int MinLength, CheckAccess? Access);

/// <summary>The header <c>Idempotency-Key</c>, and which endpoints take it.</summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>Characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Characters where the answer says a secret, so that nobody who has what is stored can guess the key.</summary>
    public const int MinLengthOfSecrets = 32;

    public static TBuilder WithIdempotency<TBuilder>(this TBuilder endpoint, int minLength = 1, CheckAccess? access = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new TakesIdempotencyKey(minLength, access));

    /// <summary>Says in the OpenAPI document which requests may have the header.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (HttpMethods.IsPost(context.Description.HttpMethod!) && metadata.OfType<TakesIdempotencyKey>().LastOrDefault() is { } takes)
        {
            operation.Parameters!.Add(
                new OpenApiParameter
                {
                    Name = Header,
                    In = ParameterLocation.Header,
                    Example = "7f9c2ba4-e88f-4d2b-9a0b-3c1d5e6f7a80",
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        MinLength = takes.MinLength,
                        MaxLength = MaxLength,
                    },
                    Description =
                        "Printable ASCII of your choice. The same request with the same key within 24 hours is answered again "
                        + "and done once; another one is 422.",
                }
            );
        }
        return Task.CompletedTask;
    }
}
