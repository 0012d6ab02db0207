namespace NewsPlatform.ServiceDefaults;

/// <summary>What a problem says by its status alone.</summary>
static class ProblemStatus
{
    /// <summary>Where nobody has said more.</summary>
    public static string? DetailOf(int status) =>
        status switch
        {
            400 => "The request cannot be read.",
            401 => "A key or a token that is good is needed.",
            403 => "Who asks may not do this.",
            404 => "There is nothing at this address.",
            405 => "This address does not take the method; Allow says which it takes.",
            406 => "It is not to be had in a form that is accepted.",
            408 => "The request came too slowly.",
            411 => "The length of the body must be said.",
            412 => "What If-Match or If-Unmodified-Since asks for does not hold.",
            413 => "The body is longer than this service takes.",
            414 => "The address is too long.",
            415 => "The body is of a media type that is not taken here.",
            429 => "There were too many requests.",
            431 => "The header fields are too long.",
            505 => "HTTP/1.1 and HTTP/2 are spoken here.",
            502 or 503 or 504 => "Something that is needed for this is away. Try again shortly.",
            500 => "Something went wrong here. The trace id names it to the operators.",
            _ => null,
        };

    /// <summary>The end of the problem's type.</summary>
    public static string CodeOf(int status) =>
        status switch
        {
            400 => "unreadable",
            401 => "unauthenticated",
            403 => "forbidden",
            404 => "not-found",
            405 => "method-not-allowed",
            406 => "not-acceptable",
            408 => "too-slow",
            411 => "length-required",
            412 => "precondition-failed",
            413 => "too-large",
            414 or 431 => "too-long",
            415 => "media-type-unsupported",
            429 => "too-many-requests",
            502 or 503 or 504 => "unavailable",
            505 => "version-unknown",
            < 500 => "refused",
            _ => "internal",
        };
}
