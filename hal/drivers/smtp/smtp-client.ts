// Of the package only the client and what composes a mail, without its pools, file access and other ways of sending.
export { default as MailComposer } from 'nodemailer/lib/mail-composer';
export { default as SmtpConnection } from 'nodemailer/lib/smtp-connection';
