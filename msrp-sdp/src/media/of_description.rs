//! The MSRP sections of a whole description.

use super::{Media, MediaError, SessionLevel};
use crate::Description;

impl Description {
    /// The MSRP sections, understood, each with its index among [`sections`](Description::sections). Others are not
    /// listed. One that cannot be understood is an error of its own; it is to be refused, as [`answer`](Description::answer)
    /// does with all sections that are not accepted.
    ///
    /// ```
    /// use msrp_sdp::Description;
    ///
    /// let offer = Description::parse(b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
    ///     m=audio 49170 RTP/AVP 0\r\n\
    ///     m=message 7394 TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:msrp://192.0.2.1:7394/2s93i9;tcp\r\n")?;
    /// let sections = offer.msrp();
    /// let [(1, Ok(media))] = &sections[..] else { panic!("{sections:?}") };
    /// assert_eq!(media.port(), 7394);
    /// # Ok::<(), msrp_sdp::DescriptionError>(())
    /// ```
    pub fn msrp(&self) -> Vec<(usize, Result<Media, MediaError>)> {
        let session = SessionLevel::from_attributes(self.connection(), self.attributes());
        let sections = self.sections().iter().enumerate();
        sections
            .filter(|(_, section)| section.media().msrp_protocol().is_some())
            .map(|(index, section)| {
                let media = match &session {
                    Ok((session, _)) => Media::from_section(section, session).map(|(media, _)| media),
                    Err(error) => Err(error.clone()),
                };
                (index, media)
            })
            .collect()
    }
}
